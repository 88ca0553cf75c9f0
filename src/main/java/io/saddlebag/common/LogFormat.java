package io.saddlebag.common;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Lets the log be JSON where SADDLEBAG_LOG_FORMAT says so. Comes before logging is set up. A format that does not exist is left to the check
 * of the settings, which comes later and tells it in text. Registered in META-INF/spring.factories.
 */
public class LogFormat implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

    static final String PROPERTY = "logging.structured.format.console";
    private static final List<String> FORMATS = List.of("ecs", "logstash", "gelf");

    @Override
    public int getOrder() {
        return LoggingApplicationListener.DEFAULT_ORDER - 1;
    }

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        ConfigurableEnvironment environment = event.getEnvironment();
        String format = of(new Settings(environment));
        if (FORMATS.contains(format)) {
            environment.getPropertySources().addFirst(new MapPropertySource("saddlebag-log", Map.of(
                PROPERTY, format, "logging.structured.json.customizer", LogFields.class.getName())));
        }
    }

    /** @throws BadSettingException for a format that does not exist */
    public static void check(Settings settings) {
        if (!of(settings).isEmpty() && !FORMATS.contains(of(settings))) {
            throw new BadSettingException("SADDLEBAG_LOG_FORMAT", Settings.quoted(settings.text("saddlebag.log-format")) + " is no format of log lines",
                "Write ecs, logstash or gelf, or remove it for text");
        }
    }

    private static String of(Settings settings) {
        return settings.text("saddlebag.log-format").toLowerCase(Locale.ROOT);
    }
}
