package io.saddlebag.zoho.connection;

import io.saddlebag.common.SecretCipher;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Writes connections, with their secrets encrypted. A replaced connection is kept without its secrets. */
@Component
public class Connections {

    private final JdbcTemplate database;
    private final SecretCipher cipher;

    Connections(JdbcTemplate database, SecretCipher cipher) {
        this.database = database;
        this.cipher = cipher;
    }

    /**
     * A connection as a person or the settings give it.
     *
     * @param accountsUrl    where the person agreed, if Zoho named it; may be null
     * @param refreshToken   null: nobody has agreed yet
     * @param scopes         separated by spaces; null if Zoho does not name them
     * @param settingsDigest digest of the settings that gave the connection; null otherwise
     */
    public record Given(String region, String accountsUrl, String clientId, String clientSecret, String refreshToken,
                        String scopes, byte[] settingsDigest) {

        /** @return the same connection, as given by the settings with this digest */
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
     * Replaces a connection. Tokens, refusals and waits of the former connection are removed.
     *
     * @param by who replaces it: settings, browser or api
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
        database.update("UPDATE detail_progress d SET failures = 0, error = NULL, next_at = NULL FROM organisations o WHERE o.connection_id = ? AND d.org_id = o.org_id "
            + "AND d.error IS NOT NULL", id); // details are tried again at once
        wakeWebhooks(id);
    }

    /** Lets the events of the organisations that have this connection wait no longer: they may have waited for it. */
    @Transactional
    public void wakeWebhooks(long id) {
        database.update("UPDATE webhook_events SET due_at = clock_timestamp() WHERE status = 'pending' AND due_at > clock_timestamp() "
            + "AND org_id IN (SELECT org_id FROM organisations WHERE connection_id = ?)", id);
    }

    /** @return the connection in the row with its secrets decrypted, to copy them into another connection */
    public Given read(long id) {
        return database.queryForObject("SELECT * FROM connections WHERE id = ?", (row, number) -> new Given(
            row.getString("region"), row.getString("accounts_url"), row.getString("client_id"),
            cipher.decrypt(row.getBytes("client_secret"), place(id, "client_secret")),
            cipher.decrypt(row.getBytes("refresh_token"), place(id, "refresh_token")), row.getString("scopes"),
            row.getBytes("settings_digest")), id);
    }

    /**
     * Removes a connection with its secrets, unless an organisation still has it or the settings gave it.
     *
     * @param by what took its place: {@code api} or {@code settings}
     */
    @Transactional
    public void removeUnused(long id, String by) {
        database.update("""
            WITH gone AS (
                DELETE FROM connections c
                 WHERE c.id = ? AND c.settings_digest IS NULL
                   AND NOT EXISTS (SELECT 1 FROM organisations o WHERE c.id IN (o.connection_id, o.awaiting_id))
                RETURNING c.*)
            INSERT INTO replaced_connections (connection_id, region, client_id, scopes, connected_at, replaced_by)
            SELECT id, region, client_id, scopes, connected_at, ? FROM gone""", id, by);
    }

    /** Stores the access token that came with a consent, so that none has to be requested. */
    @Transactional
    public void token(long id, TokenAnswer answer) {
        database.queryForList("SELECT zoho_token_answered(c.id, c.token_version, NULL, ?, ?, ? * interval '1 second', "
            + "? * interval '1 second', ?, ?, ?) FROM connections c WHERE c.id = ?", answer.outcome(), answer.accessToken(),
            answer.refreshAfterSeconds(), answer.lifeSeconds(), answer.apiUrl(), answer.scopes(), answer.toDo(), id);
    }

    /** @return the place that a ciphertext is bound to */
    static String place(long id, String column) {
        return "connections/" + id + "/" + column;
    }
}
