package io.saddlebag.organisations;

import io.saddlebag.common.SecretCipher;
import io.saddlebag.problem.ApiException;
import io.saddlebag.webhook.WebhookSecrets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Sets up, changes and removes organisations. An organisation whose Zoho id is not known yet has a key of our own,
 * {@code pending-<number>}, until a consent or a person gives the id.
 */
@Component("organisations")
public class Organisations {

    private static final Map<String, String> COLUMNS = Map.of("name", "name", "callsPerMinute", "calls_per_minute",
        "callsPerDay", "calls_per_day", "callsInFlight", "calls_in_flight", "pullCron", "pull_cron", "fullCron", "full_cron",
        "timezone", "timezone", "kinds", "kinds", "filters", "filters", "deskOrgId", "desk_org_id");
    private static final Map<String, String> TYPES = Map.of("kinds", "text[]", "filters", "jsonb");
    private static final String IDLE = "connection_id IS NULL AND awaiting_id IS NULL AND NOT is_default";

    private final JdbcTemplate database;
    private final SecretCipher cipher;
    private final OrganisationClient client;
    private final WebhookSecrets secrets;
    private final PushSettings pushes;

    Organisations(JdbcTemplate database, SecretCipher cipher, OrganisationClient client, WebhookSecrets secrets, PushSettings pushes) {
        this.pushes = pushes;
        this.secrets = secrets;
        this.database = database;
        this.cipher = cipher;
        this.client = client;
    }

    /**
     * @param fields as {@link OrganisationRequest} read them
     * @return its key
     * @throws ApiException when a field is missing, or the organisation or its name exists
     */
    @Transactional
    public String create(OrganisationFields fields) {
        String key = fields.text("orgId");
        if (key == null && !fields.has("name")) {
            throw ApiException.ofField(400, "orgId",
                "missing; without it, give a name and connect by /oauth/connect?org=<name>");
        }
        if (!fields.has("sameConnectionAs") && !fields.has("clientId")) {
            throw ApiException.ofField(400, "clientId", "missing; give it, or name an organisation in sameConnectionAs");
        }
        if (key == null) {
            key = database.queryForObject("SELECT 'pending-' || nextval('organisations_pending')", String.class);
        }
        // a removed organisation left its row, because its data refer to it
        if (database.update("INSERT INTO organisations AS o (org_id) VALUES (?) ON CONFLICT (org_id) DO UPDATE "
                + "SET updated_at = clock_timestamp() WHERE o.connection_id IS NULL AND o.awaiting_id IS NULL "
                + "AND NOT o.is_default", key) == 0) {
            throw ApiException.ofField(409, "orgId", "organisation " + key + " is set up already; change it by PATCH");
        }
        return change(key, fields);
    }

    /**
     * @param key of the organisation; its row must exist
     * @param fields to change
     * @return its key from now on
     */
    @Transactional
    public String change(String key, OrganisationFields fields) {
        client.change(key, fields);
        if (fields.text("name") != null) {
            database.update("UPDATE organisations SET name = NULL WHERE name = ? AND org_id <> ? AND " + IDLE,
                fields.text("name"), key);
        }
        fields.given().forEach((field, value) -> {
            if (COLUMNS.containsKey(field)) {
                set(key, COLUMNS.get(field), value, field);
            }
        });
        webhookSecrets(key, fields);
        pushes.change(key, fields.push());
        if (fields.has("meta")) {
            meta(key, (Map<?, ?>) fields.given().get("meta"));
        }
        return fields.has("orgId") ? identify(key, fields.text("orgId")) : key;
    }

    /** Stops the organisation's calls and deletes its secrets; its data stay. */
    @Transactional
    public void remove(String key) {
        if (database.queryForObject("SELECT is_default FROM organisations WHERE org_id = ?", Boolean.class, key)) {
            throw new ApiException(409, "Organisation " + key + " is the one of the settings, which connect it at every start. "
                + "Change the ZOHO_* settings instead", Map.of());
        }
        client.remove(key);
        if (isPending(key)) {
            database.update("DELETE FROM organisations WHERE org_id = ?", key);
        } else {
            database.update("UPDATE organisations SET webhook_secret = NULL, calls_per_minute = NULL, calls_per_day = NULL, "
                + "calls_in_flight = NULL, pull_cron = NULL, full_cron = NULL, timezone = NULL, kinds = NULL, filters = NULL, desk_org_id = NULL, "
                + "meta_catalogue = NULL, meta_token = NULL, meta_link = NULL, push = '{}', updated_at = clock_timestamp() "
                + "WHERE org_id = ?", key);
            database.update("UPDATE push_targets SET state = 'off', updated_at = clock_timestamp() WHERE org_id = ?", key);
        }
    }

    /**
     * Gives a pending organisation its id.
     *
     * @return the id
     * @throws ApiException when it has another id, or another organisation has this id
     */
    @Transactional
    public String identify(String key, String orgId) {
        if (key.equals(orgId)) {
            return key;
        }
        if (!isPending(key)) {
            throw ApiException.ofField(409, "orgId", "is " + key + " and cannot be changed, because the data refer to it. "
                + "Set up another organisation");
        }
        Map<String, Object> secrets = database.queryForMap("SELECT webhook_secret, meta_token FROM organisations WHERE org_id = ?", key);
        database.update("DELETE FROM organisations WHERE org_id = ? AND " + IDLE, orgId);
        set(key, "org_id", orgId, "orgId");
        set(orgId, "webhook_secret",
            cipher.encrypt(cipher.decrypt((byte[]) secrets.get("webhook_secret"), webhookSecret(key)), webhookSecret(orgId)), "webhookSecret");
        set(orgId, "meta_token", cipher.encrypt(cipher.decrypt((byte[]) secrets.get("meta_token"), metaToken(key)), metaToken(orgId)), "meta");
        return orgId;
    }

    public static boolean isPending(String key) {
        return key.startsWith("pending-");
    }

    private void set(String key, String column, Object value, String field) {
        try {
            database.update("UPDATE organisations SET " + column + " = "
                + (TYPES.containsKey(column) ? "CAST(? AS " + TYPES.get(column) + ")" : "?")
                + ", updated_at = clock_timestamp() WHERE org_id = ?", value, key);
        } catch (DuplicateKeyException e) {
            throw ApiException.ofField(409, field, "another organisation has " + value + " already");
        }
    }

    /** Several secrets are accepted at a time, so that none is missing while Zoho still has the old one. New webhooks get the first. */
    private void webhookSecrets(String key, OrganisationFields fields) {
        if (fields.has("webhookSecret")) {
            webhookSecret(key, "webhookSecret", fields.text("webhookSecret"));
        }
        if (fields.has("addWebhookSecret")) {
            String added = fields.text("addWebhookSecret");
            webhookSecret(key, "addWebhookSecret", Stream.concat(Stream.of(added), presentSecrets(key).stream().filter(present -> !present.equals(added)))
                .collect(Collectors.joining(",")));
        }
        if (fields.has("dropOldWebhookSecrets")) {
            List<String> present = presentSecrets(key);
            if (present.size() < 2) {
                throw ApiException.ofField(409, "dropOldWebhookSecrets", "there is no old secret beside the present one");
            }
            webhookSecret(key, "dropOldWebhookSecrets", present.get(0));
        }
    }

    private List<String> presentSecrets(String key) {
        return secrets.of(database.queryForMap("SELECT org_id, is_default, webhook_secret FROM organisations WHERE org_id = ?", key));
    }

    private void webhookSecret(String key, String field, String secret) {
        if (secret != null) {
            secrets.sharedWith(secret, database.queryForList(
                "SELECT org_id, is_default, webhook_secret FROM organisations WHERE org_id <> ? ORDER BY org_id", key)).ifPresent(other -> {
                    throw ApiException.ofField(409, field, "organisation " + other + " already uses this secret. Give each organisation its own");
                });
        }
        set(key, "webhook_secret", cipher.encrypt(secret, webhookSecret(key)), field);
    }

    /** @param given what is to change; null: all is forgotten */
    private void meta(String key, Map<?, ?> given) {
        Map.of("catalogue", "meta_catalogue", "link", "meta_link").forEach((field, column) -> {
            if (given == null || given.containsKey(field)) {
                set(key, column, given == null ? null : given.get(field), "meta." + field);
            }
        });
        if (given == null || given.containsKey("token")) {
            set(key, "meta_token", cipher.encrypt(given == null ? null : (String) given.get("token"), metaToken(key)), "meta.token");
        }
        set(key, "meta_blocked_until", null, "meta");
    }

    private static String metaToken(String key) {
        return "organisations/" + key + "/meta_token";
    }

    private static String webhookSecret(String key) {
        return "organisations/" + key + "/webhook_secret";
    }
}
