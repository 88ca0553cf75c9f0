package io.saddlebag.sandbox;

import io.saddlebag.sandbox.faults.ConnectionCutter;
import io.saddlebag.sandbox.faults.Drip;
import io.saddlebag.sandbox.faults.ResettableHttp;
import java.time.InstantSource;
import org.apache.camel.ProducerTemplate;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** The beans that the sandbox's routes call. None of them exists where real credentials are set. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("saddlebag.sandbox.enabled")
@EnableConfigurationProperties(SandboxSettings.class)
class SandboxConfiguration {

    @Bean
    Sandbox sandbox(SandboxSettings settings, @Lazy ProducerTemplate camel) {
        return Sandbox.of(settings, InstantSource.system(), camel);
    }

    @Bean
    Addresses sandboxAddresses(Sandbox sandbox) {
        return new Addresses(sandbox);
    }

    @Bean
    Entrance sandboxEntrance(Sandbox sandbox, Addresses addresses) {
        return new Entrance(sandbox, addresses);
    }

    @Bean
    SandboxFilter sandboxFilter(Addresses addresses) {
        return new SandboxFilter(addresses);
    }

    @Bean
    Drip sandboxDrip() {
        return new Drip();
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> sandboxConnectionCutter() {
        return factory -> {
            factory.setProtocol(ResettableHttp.class.getName());
            factory.addEngineValves(new ConnectionCutter());
        };
    }
}
