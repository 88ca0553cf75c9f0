package io.saddlebag.zoho.connection;

import io.saddlebag.common.SecretCipher;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Writes connections, their secrets encrypted; what was there before is kept without them. */
@Component
public class Connections {

    private final JdbcTemplate database;
    private final SecretCipher cipher;

    Connections(JdbcTemplate database, SecretCipher cipher) {
        this.database = database;
        this.cipher = cipher;
    }

    /**
     * What a person or the settings say of a connection.
     *
     * @param accountsUrl    where the person agreed, if Zoho named it; may be null
     * @param refreshToken   null: nobody has agreed yet
     * @param scopes         separated by spaces; null where Zoho does not say
     * @param settingsDigest of the settings it comes from; null otherwise
     */
    public record Given(String region, String accountsUrl, String clientId, String clientSecret, String refreshToken,
                        String scopes, byte[] settingsDigest) {

        /** @return the same, for the connection that the settings with this digest gave */
        public Given withDigest(byte[] digest) {
            return new Given(region, accountsUrl, clientId, clientSecret, refreshToken, scopes, digest);
        }

        /** Without the secrets: records end up in logs. */
        @Override
        public String toString() {
            return "Given[region=" + region + ", clientId=" + clientId + "]";
        }
    }

    /** @return the id of the new connection */
    @Transactional
    public long add(Given given) {
        long id = database.queryForObject("SELECT nextval(pg_get_serial_sequence('connections', 'id'))", Long.class);
        database.update("""
            INSERT INTO connections (id, region, accounts_url, client_id, client_secret, refresh_token, scopes, settings_digest)
            OVERRIDING SYSTEM VALUE VALUES (?, ?, ?, ?, ?, ?, ?, ?)""", id, given.region, given.accountsUrl, given.clientId,
            cipher.encrypt(given.clientSecret, place(id, "client_secret")),
            cipher.encrypt(given.refreshToken, place(id, "refresh_token")), given.scopes, given.settingsDigest);
        return id;
    }

    /**
     * Puts another in the place of a connection: tokens, refusals and waits of the one before are over.
     *
     * @param by who does it: settings, browser or api
     */
    @Transactional
    public void replace(long id, Given given, String by) {
        database.update("""
            INSERT INTO replaced_connections (connection_id, region, client_id, scopes, connected_at, replaced_by)
            SELECT id, region, client_id, scopes, connected_at, ? FROM connections WHERE id = ?""", by, id);
        database.update("""
            UPDATE connections
               SET region = ?, accounts_url = ?, api_url = NULL, client_id = ?, client_secret = ?, refresh_token = ?, scopes = ?,
                   settings_digest = ?, access_token = NULL, token_version = token_version + 1, issued_at = NULL,
                   refresh_at = NULL, ends_at = NULL, lease_until = NULL, cooldown_until = NULL, needs_person = NULL,
                   connected_at = clock_timestamp(), updated_at = clock_timestamp()
             WHERE id = ?""", given.region, given.accountsUrl, given.clientId,
            cipher.encrypt(given.clientSecret, place(id, "client_secret")),
            cipher.encrypt(given.refreshToken, place(id, "refresh_token")), given.scopes, given.settingsDigest, id);
        database.update("DELETE FROM missing_scopes WHERE connection_id = ?", id);
        database.update("DELETE FROM token_requests WHERE connection_id = ?", id);
    }

    /** @return what the row says, its secrets in the clear: for whoever carries them over into another */
    public Given read(long id) {
        return database.queryForObject("SELECT * FROM connections WHERE id = ?", (row, number) -> new Given(
            row.getString("region"), row.getString("accounts_url"), row.getString("client_id"),
            cipher.decrypt(row.getBytes("client_secret"), place(id, "client_secret")),
            cipher.decrypt(row.getBytes("refresh_token"), place(id, "refresh_token")), row.getString("scopes"),
            row.getBytes("settings_digest")), id);
    }

    /** Removes a connection with its secrets, unless an organisation still has it or the settings gave it. */
    @Transactional
    public void removeUnused(long id) {
        database.update("""
            WITH gone AS (
                DELETE FROM connections c
                 WHERE c.id = ? AND c.settings_digest IS NULL
                   AND NOT EXISTS (SELECT 1 FROM organisations o WHERE c.id IN (o.connection_id, o.awaiting_id))
                RETURNING c.*)
            INSERT INTO replaced_connections (connection_id, region, client_id, scopes, connected_at, replaced_by)
            SELECT id, region, client_id, scopes, connected_at, 'api' FROM gone""", id);
    }

    /** Stores the access token that came with a consent, so that nobody has to ask for one. */
    @Transactional
    public void token(long id, TokenAnswer answer) {
        database.queryForList("SELECT zoho_token_answered(c.id, c.token_version, NULL, ?, ?, ? * interval '1 second', "
            + "? * interval '1 second', ?, ?, ?) FROM connections c WHERE c.id = ?", answer.outcome(), answer.accessToken(),
            answer.refreshAfterSeconds(), answer.lifeSeconds(), answer.apiUrl(), answer.scopes(), answer.toDo(), id);
    }

    /** @return to what a ciphertext is bound */
    static String place(long id, String column) {
        return "connections/" + id + "/" + column;
    }
}
