package io.saddlebag.sandbox;

import java.time.InstantSource;
import org.apache.camel.ProducerTemplate;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** The beans that {@code routes/sandbox} calls. None of them exists where real credentials are set. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("saddlebag.sandbox.enabled")
@EnableConfigurationProperties(SandboxSettings.class)
class SandboxConfiguration {

    private final InstantSource clock = InstantSource.system();

    @Bean
    SandboxConnections sandboxConnections(SandboxSettings settings) {
        return new SandboxConnections(settings.organisations());
    }

    @Bean
    SandboxCatalogue sandboxCatalogue(SandboxSettings settings) {
        return new SandboxCatalogue(new ItemFactory(), settings.items(), settings.recordBytes(), clock);
    }

    @Bean
    SandboxBodies sandboxBodies() {
        return new SandboxBodies();
    }

    @Bean
    SandboxKinds sandboxKinds() {
        return new SandboxKinds(clock);
    }

    @Bean
    SandboxPictures sandboxPictures(SandboxCatalogue catalogue) {
        return new SandboxPictures(catalogue);
    }

    @Bean
    SandboxBooks sandboxBooks(SandboxConnections connections) {
        return new SandboxBooks(connections);
    }

    @Bean
    SandboxLists sandboxLists(SandboxKinds kinds) {
        return new SandboxLists(kinds);
    }

    @Bean
    SandboxItems sandboxItems(SandboxCatalogue catalogue) {
        return new SandboxItems(catalogue);
    }

    @Bean
    SandboxItemWrites sandboxItemWrites(SandboxCatalogue catalogue) {
        return new SandboxItemWrites(catalogue);
    }

    @Bean
    SandboxOrganizations sandboxOrganizations(SandboxConnections connections) {
        return new SandboxOrganizations(connections);
    }

    @Bean
    SandboxLimits sandboxLimits(SandboxSettings settings) {
        return new SandboxLimits(settings.quotas(), clock);
    }

    @Bean
    SandboxTokens sandboxTokens(SandboxConnections connections, SandboxLimits limits) {
        return new SandboxTokens(connections, limits, clock);
    }

    @Bean
    SandboxConsent sandboxConsent(SandboxConnections connections, SandboxSettings settings) {
        return new SandboxConsent(connections, settings.location(), clock);
    }

    @Bean
    SandboxOauth sandboxOauth(SandboxConnections connections, SandboxTokens tokens, SandboxConsent consent,
                              SandboxLimits limits) {
        return new SandboxOauth(connections, tokens, consent, limits);
    }

    @Bean
    SandboxFaults sandboxFaults() {
        return new SandboxFaults();
    }

    @Bean
    SandboxDrip sandboxDrip() {
        return new SandboxDrip();
    }

    @Bean
    SandboxCalls sandboxCalls(SandboxConnections connections) {
        return new SandboxCalls(clock, connections);
    }

    @Bean
    SandboxGate sandboxGate(SandboxCalls calls, SandboxFaults faults, SandboxLimits limits, SandboxTokens tokens,
                            SandboxConnections connections, SandboxKinds kinds, SandboxBooks books) {
        return new SandboxGate(calls, faults, limits, tokens, connections, new SandboxScopes(kinds), books);
    }

    @Bean
    SandboxRules sandboxRules() {
        return new SandboxRules();
    }

    @Bean
    SandboxWebhooks sandboxWebhooks(SandboxRules rules, SandboxCatalogue catalogue, SandboxKinds kinds,
                                    @Lazy ProducerTemplate camel) {
        return new SandboxWebhooks(rules, catalogue, kinds, camel);
    }

    @Bean
    SandboxControl sandboxControl(SandboxCatalogue catalogue, SandboxRecordControl records, SandboxFaults faults,
                                  SandboxLimits limits, SandboxTokens tokens, SandboxCalls calls, SandboxRules rules) {
        return new SandboxControl(catalogue, records, faults, limits, tokens, calls, rules);
    }

    @Bean
    SandboxRecordControl sandboxRecordControl(SandboxKinds kinds, SandboxBooks books, SandboxPictures pictures) {
        return new SandboxRecordControl(kinds, books, pictures);
    }

    @Bean
    FilterRegistrationBean<JsonByDefault> sandboxControlInJson() {
        FilterRegistrationBean<JsonByDefault> filter = new FilterRegistrationBean<>(new JsonByDefault());
        filter.addUrlPatterns("/sandbox/control/*");
        return filter;
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> sandboxConnectionCutter() {
        return factory -> {
            factory.setProtocol(ResettableHttp.class.getName());
            factory.addEngineValves(new ConnectionCutter());
        };
    }
}
