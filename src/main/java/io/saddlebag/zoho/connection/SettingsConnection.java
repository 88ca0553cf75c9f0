package io.saddlebag.zoho.connection;

import io.saddlebag.audit.AuditLog;
import io.saddlebag.common.BadSettingException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Stores the organisation and the connection of the settings as the default ones, before any route starts. Settings that differ from those of the last
 * start replace the stored connection. If they do not differ, a connection that a person made since then stays.
 */
@Component
class SettingsConnection implements InitializingBean {

    private static final Logger LOG = LoggerFactory.getLogger(SettingsConnection.class);

    private final JdbcTemplate database;
    private final TransactionTemplate transaction;
    private final Connections connections;
    private final ZohoConnection settings;
    private final AuditLog audit;
    private final boolean check;

    SettingsConnection(JdbcTemplate database, PlatformTransactionManager transactions, Connections connections,
            ZohoConnection settings, SecretReencryption readable, AuditLog audit, Environment environment) {
        this.database = database;
        this.transaction = new TransactionTemplate(transactions);
        this.connections = connections;
        this.settings = settings;
        this.audit = audit;
        this.check = environment.acceptsProfiles(Profiles.of("check"));
    }

    @Override
    public void afterPropertiesSet() {
        transaction.executeWithoutResult(status -> {
            // replicas that start together do this one after the other
            database.queryForList("SELECT lock_work('connection of the settings')");
            long connection = connection();
            List<Long> before = database.queryForList("SELECT connection_id FROM organisations WHERE (is_default OR org_id = ?) AND connection_id <> ?",
                Long.class, settings.orgId(), connection);
            // the connection of the settings may not read the organisation that they named before
            database.update("UPDATE organisations SET is_default = false, connection_id = NULL WHERE is_default AND org_id <> ?",
                settings.orgId());
            database.update("INSERT INTO organisations (org_id, is_default, connection_id) VALUES (?, true, ?) "
                + "ON CONFLICT (org_id) DO UPDATE SET is_default = true, connection_id = EXCLUDED.connection_id",
                settings.orgId(), connection);
            before.forEach(id -> connections.removeUnused(id, "settings")); // of an organisation that had one of its own
        });
    }

    private static Map<String, Object> details(Connections.Given given) {
        return Map.of("region", given.region(), "clientId", given.clientId(), "secretsSet", List.of("clientSecret", "refreshToken"));
    }

    private long connection() {
        byte[] digest = settings.digest();
        Connections.Given given = new Connections.Given(settings.region(), null, settings.clientId(), settings.clientSecret(),
            settings.refreshToken(), null, digest);
        List<Map<String, Object>> stored =
            database.queryForList("SELECT id, settings_digest FROM connections WHERE settings_digest IS NOT NULL");
        if (stored.isEmpty()) {
            long added = connections.add(given);
            audit.ofSettings("connection.add", settings.orgId(), null, details(given));
            return added;
        }
        long id = ((Number) stored.get(0).get("id")).longValue();
        if (!Arrays.equals(digest, (byte[]) stored.get(0).get("settings_digest"))) {
            if (check && somebodyWorks()) {
                throw new BadSettingException("ZOHO_*", "differ from those of the application that runs on this database, and "
                    + "would take the place of its connection", "Start it with these, or ask it: POST /api/zoho/check");
            }
            connections.replace(id, given, "settings");
            audit.ofSettings("connection.replace", settings.orgId(), null, details(given));
            LOG.info("The settings differ from those of the last start; they replace the connection of organisation {}",
                settings.orgId());
        }
        return id;
    }

    /** Whether a replica gave a sign of life within three of its intervals. */
    private boolean somebodyWorks() {
        return database.queryForObject("SELECT EXISTS (SELECT 1 FROM qrtz_scheduler_state "
            + "WHERE last_checkin_time + 3 * checkin_interval > extract(epoch FROM clock_timestamp()) * 1000)", Boolean.class);
    }
}
