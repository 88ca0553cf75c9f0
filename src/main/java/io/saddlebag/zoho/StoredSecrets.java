package io.saddlebag.zoho;

import io.saddlebag.common.BadSettingException;
import io.saddlebag.common.SecretCipher;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Encrypts again, at the start, what lies in the database under the key before; a secret that neither key reads stops the
 * start, but for an access token. Others may write at the same time: a value that changed meanwhile is left to them.
 */
@Component
@Profile("!sandbox")
class StoredSecrets implements InitializingBean {

    private static final Logger LOG = LoggerFactory.getLogger(StoredSecrets.class);

    private final JdbcTemplate database;
    private final SecretCipher cipher;

    StoredSecrets(JdbcTemplate database, SecretCipher cipher) {
        this.database = database;
        this.cipher = cipher;
    }

    @Override
    public void afterPropertiesSet() {
        int changed = encryptAgain("connections", "id", "client_secret") + encryptAgain("connections", "id", "refresh_token")
            + encryptAgain("organisations", "org_id", "webhook_secret");
        forgetUnreadableTokens();
        changed += encryptAgain("connections", "id", "access_token");
        if (changed > 0) {
            LOG.info("Encrypted {} stored secrets again under SADDLEBAG_MASTER_KEY", changed);
        }
    }

    /** A replica that was just stopped may have written one under the key before the last; the next call asks for another. */
    private void forgetUnreadableTokens() {
        for (Map<String, Object> row : database.queryForList("SELECT id, access_token FROM connections WHERE access_token IS NOT NULL")) {
            try {
                cipher.decrypt((byte[]) row.get("access_token"), "connections/" + row.get("id") + "/access_token");
            } catch (BadSettingException e) {
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
