package io.saddlebag.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.http.HttpAddress;
import io.saddlebag.testkit.SandboxClient;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.web.SecurityFilterChain;

class SandboxOffIT {

    private static final String[] CREDENTIALS = {"--ZOHO_CLIENT_ID=1000.REAL", "--ZOHO_CLIENT_SECRET=real",
        "--ZOHO_REFRESH_TOKEN=1000.real", "--ZOHO_ORG_ID=10229182"};

    @Test
    void withRealCredentialsTheSandboxHasNoRouteNoBeanAndNoAddress() {
        // Asking for it by name does not help either.
        try (var spring = start(Stream.concat(Stream.of(CREDENTIALS), Stream.of("--saddlebag.sandbox.enabled=true")))) {
            assertThat(spring.getBean(CamelContext.class).getRoutes()).isEmpty();
            assertThat(spring.getBeansOfType(Sandbox.class)).isEmpty();
            assertThat(client(spring).control("GET", "", "").statusCode()).isEqualTo(404);
            assertThat(client(spring).post("/oauth/v2/token", SandboxClient.REFRESH).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void withoutCredentialsItIsThere() {
        try (var spring = start(Stream.empty())) {
            assertThat(client(spring).control("GET", "", "").statusCode()).isEqualTo(200);
            assertThat(client(spring).post("/oauth/v2/token", SandboxClient.REFRESH).statusCode()).isEqualTo(200);
        }
    }

    /** Not marked as a configuration: other tests scan this package. */
    @EnableAutoConfiguration
    @Import(HttpAddress.class)
    static class WithoutTheRest {

        @Bean
        SecurityFilterChain open(HttpSecurity http) throws Exception {
            return http.csrf(AbstractHttpConfigurer::disable).build();
        }
    }

    /** As in the whole application, not as alone: the profile is not active, only its file is read. */
    private static ConfigurableApplicationContext start(Stream<String> settings) {
        return new SpringApplicationBuilder(WithoutTheRest.class, SandboxConfiguration.class).run(Stream.concat(settings,
                Stream.of("--server.port=0", "--camel.component.http.enabled=false", "--spring.config.additional-location=classpath:application-sandbox.yaml"))
                .toArray(String[]::new));
    }

    private static SandboxClient client(ConfigurableApplicationContext spring) {
        int port = ((ServletWebServerApplicationContext) spring).getWebServer().getPort();
        return new SandboxClient("http://127.0.0.1:" + port + "/sandbox");
    }
}
