package io.saddlebag.check;

import static org.springframework.core.env.StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;

import java.util.HashMap;
import java.util.Map;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Removes blank environment variables: a line {@code ZOHO_REGION=} in a .env file means the default, but Spring reads it as an empty value. */
record BlankVariables(ConfigurableEnvironment environment) {

    void forget() {
        PropertySource<?> variables = environment.getPropertySources().get(SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
        if (variables != null && variables.getSource() instanceof Map<?, ?> all) {
            Map<String, Object> given = new HashMap<>();
            all.forEach((name, value) -> {
                if (!value.toString().isBlank()) {
                    given.put(name.toString(), value);
                }
            });
            environment.getPropertySources().replace(SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                new SystemEnvironmentPropertySource(SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, given));
        }
    }
}
