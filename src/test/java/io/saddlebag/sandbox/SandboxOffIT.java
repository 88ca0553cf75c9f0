package io.saddlebag.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.Saddlebag;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;

class SandboxOffIT {

    @Test
    void switchedOffTheSandboxHasNoRouteNoBeanAndNoAddress() {
        try (var spring = new SpringApplicationBuilder(Saddlebag.class).profiles("sandbox")
                .run("--server.port=0", "--saddlebag.sandbox.enabled=false")) {
            assertThat(spring.getBean(CamelContext.class).getRoutes()).isEmpty();
            assertThat(spring.getBeanNamesForType(SandboxGate.class)).isEmpty();
            assertThat(spring.getBeanNamesForType(SandboxTokens.class)).isEmpty();
            int port = ((ServletWebServerApplicationContext) spring).getWebServer().getPort();
            SandboxClient stranger = new SandboxClient("http://127.0.0.1:" + port + "/sandbox");
            assertThat(stranger.post("/oauth/v2/token", SandboxClient.REFRESH).statusCode()).isNotEqualTo(200);
            assertThat(stranger.control("GET", "", "").statusCode()).isNotEqualTo(200);
        }
    }
}
