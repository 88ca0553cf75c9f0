package io.saddlebag.zoho.connection;

import io.saddlebag.audit.AuditLog;
import io.saddlebag.common.BadSettingException;
import io.saddlebag.common.SecretCipher;
import io.saddlebag.common.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * At the start, encrypts again the secrets in the database that were encrypted with the previous master key. A secret that neither key can decrypt
 * stops the start, unless it is an access token. Other replicas may write at the same time: a value that changed meanwhile is left alone.
 */
@Component
class SecretReencryption implements InitializingBean {

    private static final Logger LOG = LoggerFactory.getLogger(SecretReencryption.class);

    private final JdbcTemplate database;
    private final TransactionTemplate transaction;
    private final SecretCipher cipher;
    private final AuditLog audit;
    private final boolean forget;

    SecretReencryption(JdbcTemplate database, PlatformTransactionManager transactions, SecretCipher cipher, AuditLog audit, Environment environment) {
        this.transaction = new TransactionTemplate(transactions);
        this.audit = audit;
        this.database = database;
        this.cipher = cipher;
        this.forget = new Settings(environment).flag("SADDLEBAG_FORGET_SECRETS", "saddlebag.forget-secrets");
    }

    @Override
    public void afterPropertiesSet() {
        transaction.executeWithoutResult(status -> takeOver());
    }

    private void takeOver() {
        if (forget) {
            forgetUnreadable();
        }
        int changed = encryptAgain("connections", "id", "client_secret") + encryptAgain("connections", "id", "refresh_token")
            + encryptAgain("organisations", "org_id", "webhook_secret") + encryptAgain("organisations", "org_id", "meta_token");
        forgetUnreadableTokens();
        changed += encryptAgain("connections", "id", "access_token");
        if (changed > 0) {
            audit.ofSettings("secrets.encrypt", null, null, Map.of("secrets", changed));
            LOG.info("Encrypted {} stored secrets again under SADDLEBAG_MASTER_KEY", changed);
        }
    }

    /** Removes the secrets that only a lost key can decrypt. The settings give their connection again at once; for others a person gives the client again. */
    private void forgetUnreadable() {
        List<String> forgotten = new ArrayList<>();
        for (Map<String, Object> row : database.queryForList("SELECT id, client_secret, refresh_token FROM connections")) {
            String place = "connections/" + row.get("id");
            if (!isReadable(row.get("client_secret"), place + "/client_secret") || !isReadable(row.get("refresh_token"), place + "/refresh_token")) {
                database.update("UPDATE connections SET client_secret = ?, refresh_token = NULL, access_token = NULL, refresh_at = NULL, ends_at = NULL, "
                    + "settings_digest = CASE WHEN settings_digest IS NOT NULL THEN ''::bytea END, needs_person = ? WHERE id = ?",
                    cipher.encrypt("", place + "/client_secret"), "The client secret and the refresh token were forgotten together with the master key. "
                        + "Give clientId and clientSecret by PATCH /api/organisations/{org}, then agree again at /oauth/connect", row.get("id"));
                forgotten.add(place);
            }
        }
        List.of("webhook_secret", "meta_token").forEach(column -> forgetUnreadable(column, forgotten));
        if (!forgotten.isEmpty()) {
            audit.ofSettings("secrets.forget", null, null, Map.of("forgotten", forgotten));
        }
        LOG.warn("SADDLEBAG_FORGET_SECRETS: forgot the secrets that no key can decrypt: {}. Remove the variable", forgotten.isEmpty() ? "nothing" : forgotten);
    }

    private void forgetUnreadable(String column, List<String> forgotten) {
        for (Map<String, Object> row : database.queryForList("SELECT org_id, " + column + " FROM organisations WHERE " + column + " IS NOT NULL")) {
            String place = "organisations/" + row.get("org_id") + "/" + column;
            if (!isReadable(row.get(column), place)) {
                database.update("UPDATE organisations SET " + column + " = NULL WHERE org_id = ?", row.get("org_id"));
                forgotten.add(place);
            }
        }
    }

    private boolean isReadable(Object stored, String place) {
        try {
            cipher.decrypt((byte[]) stored, place);
            return true;
        } catch (BadSettingException e) {
            return false;
        }
    }

    /** Removes access tokens that no key can decrypt, such as one that a replica with an older key wrote just before it stopped. */
    private void forgetUnreadableTokens() {
        for (Map<String, Object> row : database.queryForList("SELECT id, access_token FROM connections WHERE access_token IS NOT NULL")) {
            if (!isReadable(row.get("access_token"), "connections/" + row.get("id") + "/access_token")) {
                database.update("UPDATE connections SET access_token = NULL, refresh_at = NULL, ends_at = NULL "
                    + "WHERE id = ? AND access_token = ?", row.get("id"), row.get("access_token"));
            }
        }
    }

    private int encryptAgain(String table, String key, String column) {
        int changed = 0;
        for (Map<String, Object> row : database.queryForList("SELECT " + key + ", " + column + " FROM " + table
                + " WHERE " + column + " IS NOT NULL")) {
            byte[] stored = (byte[]) row.get(column);
            String place = table + "/" + row.get(key) + "/" + column;
            String secret = cipher.decrypt(stored, place);
            if (!cipher.isCurrent(stored)) {
                changed += database.update("UPDATE " + table + " SET " + column + " = ? WHERE " + key + " = ? AND " + column
                    + " = ?", cipher.encrypt(secret, place), row.get(key), stored);
            }
        }
        return changed;
    }
}
