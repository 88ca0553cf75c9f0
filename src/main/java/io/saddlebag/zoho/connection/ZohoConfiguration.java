package io.saddlebag.zoho.connection;

import io.saddlebag.common.Settings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Zoho's servers, and the connection that the settings give. Its secrets are in this bean only, never in a property that a route could read.
 */
@Configuration(proxyBeanMethods = false)
class ZohoConfiguration {

    @Bean
    ZohoServers zohoServers() {
        return ZohoServers.ofZoho();
    }

    @Bean
    ZohoConnection zohoConnection(Environment environment) {
        Settings settings = new Settings(environment);
        if (!new ZohoSettings(settings).credentialsGiven()) {
            return ZohoConnection.SANDBOX;
        }
        return new ZohoConnection(settings.text("zoho.org-id"), ZohoRegion.of(settings.text("zoho.region")).toString(),
            settings.text("zoho.client-id"), settings.text("zoho.client-secret"), settings.text("zoho.refresh-token"));
    }
}
