package io.saddlebag.http;

import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.component.platform.http.springboot.SpringBootPlatformHttpEngine;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Camel's way into HTTP, with an executor of ours, and how the server treats bodies. */
@Configuration(proxyBeanMethods = false)
class PlatformHttpConfiguration {

    @Bean("platform-http-engine")
    PlatformHttpEngine platformHttpEngine(@Value("${server.port}") int port, DeferredRouteStart start) {
        return new SpringBootPlatformHttpEngine(port, start::later);
    }

    /** Only {@link BufferedRequest} reads bodies: as parameters Tomcat would read a form of 2 MB for anybody, and hold a thread for it. */
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> bodies() {
        return tomcat -> {
            tomcat.addEngineValves(new UnreadBodyValve());
            tomcat.addConnectorCustomizers(connector -> {
                connector.setParseBodyMethods("");
                connector.setProperty("continueResponseTiming", "onRead"); // who asks before sending is refused before
            });
        };
    }
}
