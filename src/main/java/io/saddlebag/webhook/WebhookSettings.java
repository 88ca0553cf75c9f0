package io.saddlebag.webhook;

import io.saddlebag.common.BadSettingException;
import io.saddlebag.common.Settings;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.Environment;

/** The settings of webhooks, which are checked before anything starts. */
public record WebhookSettings(Settings settings) {

    /** Most ids in one call of itemdetails. Zoho documents no limit; known clients send this many. */
    private static final int LARGEST_BATCH = 100;
    /** Each worker needs a connection of the database. */
    private static final int MOST_WORKERS = 10;
    private static final String TEMPLATES = "saddlebag.webhook.templates";

    /** @throws BadSettingException for the first setting that cannot work */
    public void check() {
        if (!settings.text("saddlebag.webhook.longest-body").matches("[1-9][0-9]{0,8}B?|[1-9][0-9]{0,5}KB|[1-9][0-9]{0,2}MB")) {
            throw new BadSettingException("saddlebag.webhook.longest-body", Settings.quoted(settings.text("saddlebag.webhook.longest-body"))
                + " is no size from 1B to 999MB", "Write a number and KB or MB: 1MB");
        }
        number("per-second", 1_000_000);
        number("batch-size", LARGEST_BATCH);
        number("workers", MOST_WORKERS);
        number("attempts", 1000);
        number("keep-days", 36_500);
        number("database-failures", 1000);
        number("database-pause", 3600);
        number("pace", 60_000);
        number("fetches", 1_000_000);
        List.of("answer-within", "lock-timeout", "every", "lease", "first-pause", "longest-pause")
            .forEach(name -> settings.duration("saddlebag.webhook." + name));
        WebhookNetworks.of(settings);
        templates();
    }

    /**
     * @return templates of customers' own bodies, by name; may be empty
     * @throws BadSettingException for the first template that cannot be used
     */
    Map<String, WebhookTemplate> templates() {
        Map<String, WebhookTemplate> templates;
        try {
            templates = Binder.get((Environment) settings.properties()).bind(TEMPLATES, Bindable.mapOf(String.class, WebhookTemplate.class),
                new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter())).orElse(Map.of());
        } catch (BindException e) {
            throw new BadSettingException(TEMPLATES, "holds something else than entity, content-type, id, time, event, record and pattern",
                "See the example in config/application.yaml");
        }
        templates.forEach((name, template) -> template.check(TEMPLATES + "." + name));
        return templates;
    }

    private void number(String name, long most) {
        settings.number("saddlebag.webhook." + name, "saddlebag.webhook." + name, 1, most);
    }
}
