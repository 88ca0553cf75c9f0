package io.saddlebag.zoho;

import io.saddlebag.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * The real ledger, its real function and the Zoho client's real statements in PostgreSQL, on a clock that moves from event to
 * event: minutes of calls pass in a second, and every order of events can be tried. A function of the tests stands
 * before PostgreSQL's own clock_timestamp().
 */
final class SimulatedLedger implements AutoCloseable {

    static final String ORG = "60000000001";

    private static final ZohoStatement TAKE = ZohoStatement.of("zoho-slot.sql");
    private static final ZohoStatement ANSWERED = ZohoStatement.of("zoho-answered.sql");

    private static final Map<String, String> DEFAULTS = Map.of("zoho.calls-per-minute", "90", "zoho.calls-per-day", "",
            "zoho.calls-in-flight", "4", "zoho.call-timeout", "45s", "zoho.day-reserve-percent", "5");

    private record Event(long at, long order, Runnable action) { }

    private final Connection connection;
    private final JdbcTemplate database;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private final Map<String, String> settings = new HashMap<>(DEFAULTS);
    private long now;
    private long planned;

    SimulatedLedger() {
        try {
            connection = TestDatabase.connect(TestDatabase.migrated());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        database = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
        database.execute("""
                CREATE SCHEMA simulated;
                CREATE FUNCTION simulated.clock_timestamp() RETURNS timestamptz LANGUAGE sql
                    AS $$ SELECT CAST(current_setting('simulated.now') AS timestamptz) $$;
                SET search_path = simulated, public, pg_catalog;
                SET synchronous_commit = off;
                INSERT INTO organisations (org_id, is_default) VALUES ('60000000001', true)""");
        moveTo(Instant.parse("2026-01-01T12:00:00Z").toEpochMilli());
    }

    /** Slots of all pushes in a minute. */
    SimulatedLedger withPushLimit(int value) {
        settings.put("saddlebag.push.calls-per-minute", String.valueOf(value));
        return this;
    }

    /** Of zoho in config/application.yaml, without that word. */
    SimulatedLedger with(String setting, int value) {
        settings.put("zoho." + setting, String.valueOf(value));
        return this;
    }

    JdbcTemplate database() {
        return database;
    }

    /** Forgets calls, events and settings, at a later moment. */
    SimulatedLedger asNew() {
        events.clear();
        settings.clear();
        settings.putAll(DEFAULTS);
        moveTo(now + 86_400_000);
        database.execute("TRUNCATE zoho_calls; UPDATE organisations SET wanted_until = NULL, pull_wanted_until = NULL, push_wanted_until = NULL");
        return this;
    }

    /** Milliseconds since 1970. */
    long now() {
        return now;
    }

    InstantSource clock() {
        return () -> Instant.ofEpochMilli(now);
    }

    void in(long milliseconds, Runnable action) {
        events.add(new Event(now + milliseconds, planned++, action));
    }

    /** Lets so much time pass, with all that happens in it. */
    void pass(long milliseconds) {
        long end = now + milliseconds;
        while (!events.isEmpty() && events.peek().at <= end) {
            Event next = events.remove();
            moveTo(next.at);
            next.action.run();
        }
        moveTo(end);
    }

    private void moveTo(long time) {
        now = time;
        database.queryForObject("SELECT set_config('simulated.now', ?, false)", String.class, Instant.ofEpochMilli(time).toString());
    }

    /** A row of zoho-slot.sql. */
    Map<String, Object> take(String purpose) {
        Map<String, Object> values = new HashMap<>(settings);
        values.putAll(Map.of("org", ORG, "method", "GET", "path", "/x", "purpose", purpose));
        return database.queryForMap(TAKE.jdbc(), TAKE.values(values));
    }

    /** What zoho-answered.sql writes. @param said of status, code, outcome, fault, dayLimit, dayRemaining, dayReset what there is */
    void answered(Map<String, Object> slot, Map<String, Object> said) {
        Map<String, Object> values = new HashMap<>(said);
        values.put("org", ORG);
        values.put("slot[call_id]", slot.get("call_id"));
        database.update(ANSWERED.jdbc(), ANSWERED.values(values));
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
