package io.saddlebag.common;

import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.component.platform.http.springboot.SpringBootPlatformHttpEngine;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Camel's way into HTTP, with an executor of ours. */
@Configuration(proxyBeanMethods = false)
class RequestHandoverConfiguration {

    @Bean("platform-http-engine")
    PlatformHttpEngine platformHttpEngine(@Value("${server.port}") int port, RequestHandover handover) {
        return new SpringBootPlatformHttpEngine(port, handover::later);
    }
}
