package io.saddlebag.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
class BadSettingReporterTest {

    @Configuration
    static class NeedsAColour {
        @Bean
        Object house() {
            throw new BadSettingException("COLOUR", "\"plaid\" is no colour", "Use red or blue");
        }
    }

    @Test
    void aBadSettingStopsTheStartWithOneErrorLineThatNamesIt(CapturedOutput output) {
        var start = new SpringApplicationBuilder(NeedsAColour.class).web(WebApplicationType.NONE);

        assertThat(catchThrowable(() -> start.run())).isNotNull();

        assertThat(output.getAll().lines().filter(line -> line.contains("ERROR"))).singleElement()
            .asString().endsWith("COLOUR: \"plaid\" is no colour. Use red or blue");
        assertThat(output).doesNotContain("\tat ", "APPLICATION FAILED TO START");
    }
}
