package io.saddlebag.webhook;

import io.saddlebag.common.BadSettingException;
import io.saddlebag.common.Settings;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Stops a start whose ZOHO_WEBHOOK_SECRET is another organisation's too: its webhooks would open the first one's address. */
@Component
public class SharedSecretCheck implements InitializingBean {

    private final Settings settings;
    private final WebhookSecrets secrets;
    private final JdbcTemplate database;

    public SharedSecretCheck(Environment environment, WebhookSecrets secrets, JdbcTemplate database) {
        this.settings = new Settings(environment);
        this.secrets = secrets;
        this.database = database;
    }

    @Override
    public void afterPropertiesSet() {
        secrets.sharedWith(settings.text("zoho.webhook-secret"), database.queryForList(
            "SELECT org_id, is_default, webhook_secret FROM organisations WHERE NOT is_default AND webhook_secret IS NOT NULL")).ifPresent(org -> {
                throw new BadSettingException("ZOHO_WEBHOOK_SECRET", "is also the webhookSecret of organisation " + org,
                    "Give each organisation a secret of its own, here and in its webhooks in Zoho");
            });
    }
}
