package io.saddlebag.livereload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Live editing is there only where it was asked for: without its beans nothing is watched. */
class LiveEditingConfigurationTest {

    private final ApplicationContextRunner application =
        new ApplicationContextRunner().withUserConfiguration(LiveEditingConfiguration.class);

    @Test
    void nothingIsWatchedUnlessAskedFor() {
        application.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(LiveEditingWatch.class));
        application.withPropertyValues("saddlebag.dev=false")
            .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(LiveEditingWatch.class));
    }

    @Test
    void askedForItNeedsTheApplication() {
        application.withPropertyValues("saddlebag.dev=true").run(context -> assertThat(context).hasFailed());
    }
}
