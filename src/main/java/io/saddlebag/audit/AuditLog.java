package io.saddlebag.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Adds rows to the audit for what no route does: what a start takes over from the settings, logins, requests that are refused before a route. */
@Component
public class AuditLog {

    private final JdbcTemplate database;
    private final ObjectMapper json = new ObjectMapper();

    /** @param database opened at the first use: the filters for logins need this bean while the server starts, before the database is checked */
    AuditLog(@Lazy JdbcTemplate database) {
        this.database = database;
    }

    /**
     * Notes, in the transaction that is open, what the start takes over from the settings.
     *
     * @param org     may be null
     * @param details without secrets
     */
    public void ofSettings(String action, String org, String object, Map<String, ?> details) {
        add("settings", null, null, action, org, object, "done", details);
    }

    /**
     * Adds a row in the transaction that is open.
     *
     * @param who     user of the login
     * @param role    may be null
     * @param address IP address of the caller
     * @param outcome {@code done}, {@code started}, {@code refused} or {@code failed}
     * @param details without secrets
     */
    public void add(String who, String role, String address, String action, String org, String object, String outcome, Map<String, ?> details) {
        try {
            database.queryForList("SELECT audit(?, ?, ?, ?, ?, ?, ?, CAST(? AS jsonb))", who, role, address, action, org, object, outcome,
                json.writeValueAsString(details));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Details of " + action, e);
        }
    }
}
