package io.saddlebag.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

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

    @Configuration
    static class Serves {
        @Bean
        TomcatServletWebServerFactory server(Environment environment) {
            return new TomcatServletWebServerFactory(environment.getRequiredProperty("taken", Integer.class));
        }
    }

    @Test
    void aPortThatIsTakenStopsTheStartWithOneErrorLineThatNamesItsSetting(CapturedOutput output) throws IOException {
        try (ServerSocket other = new ServerSocket(0)) {
            var start = new SpringApplicationBuilder(Serves.class).web(WebApplicationType.SERVLET).properties("taken=" + other.getLocalPort());

            assertThat(catchThrowable(() -> start.run())).isNotNull();

            assertThat(output.getAll().lines().filter(line -> line.contains("ERROR"))).singleElement()
                .asString().endsWith("SERVER_PORT: \"" + other.getLocalPort() + "\" is in use by another program. Write another port");
        }
        assertThat(output).doesNotContain("\tat ", "APPLICATION FAILED TO START");
    }
}
