package io.saddlebag.database;

import io.saddlebag.common.BadSettingException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the database and its user must be like, found out before a migration or a run fails for it. */
class DatabasePreconditions {

    private static final Logger log = LoggerFactory.getLogger(DatabasePreconditions.class);

    /**
     * The tables from the first migrations on, those of the whole database that bear their names, and by whom they may be changed.
     * Migrations change tables and functions, which only their owner may.
     */
    private static final String QUESTION = """
        SELECT current_database() AS database, current_setting('server_encoding') AS encoding, current_user AS "user",
               (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser,
               current_schema() AS schema, current_setting('search_path') AS path,
               has_schema_privilege(current_schema(), 'CREATE') AS creates,
               (SELECT min(n.nspname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE c.relname = 'zoho_calls' AND c.relkind = 'r' AND n.nspname <> current_schema()
                   AND EXISTS (SELECT FROM pg_class h WHERE h.relnamespace = n.oid AND h.relname = 'flyway_schema_history')
                   AND NOT EXISTS (SELECT FROM pg_class h JOIN pg_namespace m ON m.oid = h.relnamespace
                                    WHERE h.relname = 'zoho_calls' AND m.nspname = current_schema())) AS elsewhere,
               (SELECT min(pg_get_userbyid(c.relowner)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname = current_schema() AND NOT pg_has_role(c.relowner, 'USAGE')
                   AND (c.relname = 'flyway_schema_history' OR c.relname IN ('organisations', 'products', 'sync_runs', 'zoho_calls', 'webhook_events')
                        AND EXISTS (SELECT FROM pg_class h WHERE h.relnamespace = n.oid AND h.relname = 'zoho_calls'))) AS owner""";

    private final String place;
    private final boolean ours;

    DatabasePreconditions(String place, boolean ours) {
        this.place = place;
        this.ours = ours;
    }

    /** @throws BadSettingException for the first that is not met */
    void check(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet found = statement.executeQuery(QUESTION)) {
            found.next();
            String database = "the database " + found.getString("database") + " at " + place;
            String user = found.getString("user");
            String schema = found.getString("schema");
            if (!found.getString("encoding").equals("UTF8")) {
                throw refused(database + " is encoded in " + found.getString("encoding") + ", which cannot hold what Zoho sends",
                    "Make another and name it: CREATE DATABASE name OWNER " + user + " ENCODING 'UTF8' TEMPLATE template0; what is in this one, "
                        + "pg_dump and pg_restore take along");
            }
            if (schema == null) {
                throw refused("no schema of " + database + " is open to the user " + user + " (search_path is " + found.getString("path") + ")",
                    "GRANT USAGE, CREATE ON SCHEMA public TO " + user + "; and where search_path names others: ALTER ROLE " + user
                        + " SET search_path = public");
            }
            if (found.getString("elsewhere") != null) {
                throw refused("Saddlebag's tables are in the schema " + found.getString("elsewhere") + " of " + database + ", and the search_path of "
                    + "the user " + user + " leads to " + schema + " first", "ALTER ROLE " + user + " SET search_path = " + found.getString("elsewhere"));
            }
            if (!found.getBoolean("creates")) {
                throw refused("the user " + user + " may make no tables in the schema " + schema + " of " + database,
                    "As the owner of that: GRANT CREATE ON SCHEMA " + schema + " TO " + user);
            }
            if (found.getString("owner") != null) {
                throw refused("Saddlebag's tables in " + database + " are owned by " + found.getString("owner") + ", and the user " + user
                    + " may not change them", "Connect as that user, or hand over each table and function: ALTER ... OWNER TO " + user);
            }
            if (found.getBoolean("superuser") && !ours) {
                log.info("The user {} of {} is a superuser. Saddlebag needs none: a user that owns its database can do less harm", user, database);
            }
        }
    }

    private static BadSettingException refused(String problem, String hint) {
        return new BadSettingException("DATABASE_URL", problem, hint);
    }
}
