package io.saddlebag.zoho;

import io.saddlebag.database.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * The real ledger, its real function and the door's real statements in PostgreSQL, on a clock that moves from event to
 * event: minutes of calls pass in a second, and every order of events can be tried. A function of the tests stands
 * before PostgreSQL's own clock_timestamp().
 */
final class SimulatedLedger implements AutoCloseable {

    static final String ORG = "60000000001";

    private static final Pattern PARAMETER = Pattern.compile(":#\\$\\{(?:variable\\.|properties:)(.+?)}");
    private static final Pattern COMMENT = Pattern.compile("(?m)^\\s*--.*$");

    private record Event(long at, long order, Runnable action) { }

    private final Connection connection;
    private final JdbcTemplate database;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private final Map<String, String> settings = new HashMap<>(Map.of("zoho.calls-per-minute", "90", "zoho.calls-per-day", "",
            "zoho.calls-in-flight", "4", "zoho.call-timeout", "45s", "zoho.day-reserve-percent", "5"));
    private final Map<String, Statement> statements = new HashMap<>();
    private long now;
    private long planned;

    private record Statement(String jdbc, List<String> parameters) { }

    SimulatedLedger() {
        try {
            connection = TestDatabase.connect(TestDatabase.fresh());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        database = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
        Flyway.configure().dataSource(database.getDataSource()).load().migrate();
        database.execute("""
                CREATE SCHEMA simulated;
                CREATE FUNCTION simulated.clock_timestamp() RETURNS timestamptz LANGUAGE sql
                    AS $$ SELECT CAST(current_setting('simulated.now') AS timestamptz) $$;
                SET search_path = simulated, public, pg_catalog;
                SET synchronous_commit = off;
                INSERT INTO organisations (org_id, is_default) VALUES ('60000000001', true)""");
        moveTo(Instant.parse("2026-01-01T12:00:00Z").toEpochMilli());
    }

    /** Of zoho in config/application.yaml, without that word. */
    SimulatedLedger with(String setting, int value) {
        settings.put("zoho." + setting, String.valueOf(value));
        return this;
    }

    JdbcTemplate database() {
        return database;
    }

    /** Forgets calls and events, at a later moment. */
    SimulatedLedger asNew() {
        events.clear();
        moveTo(now + 86_400_000);
        database.execute("TRUNCATE zoho_calls; UPDATE organisations SET wanted_until = NULL");
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
        return database.queryForMap(statement("zoho-slot.sql").jdbc, values("zoho-slot.sql",
                Map.of("org", ORG, "method", "GET", "path", "/x", "purpose", purpose)));
    }

    /** What zoho-answered.sql writes. @param said of status, code, fault, dayLimit, dayRemaining, dayReset what there is */
    void answered(Map<String, Object> slot, Map<String, Object> said) {
        Map<String, Object> variables = new HashMap<>(said);
        variables.put("org", ORG);
        variables.put("slot[call_id]", slot.get("call_id"));
        database.update(statement("zoho-answered.sql").jdbc, values("zoho-answered.sql", variables));
    }

    private Object[] values(String file, Map<String, Object> variables) {
        return statement(file).parameters.stream()
                .map(name -> settings.containsKey(name) ? settings.get(name) : variables.get(name)).toArray();
    }

    private Statement statement(String file) {
        return statements.computeIfAbsent(file, name -> {
            try {
                String text = COMMENT.matcher(Files.readString(Path.of("routes/zoho", name))).replaceAll("");
                List<String> parameters = new ArrayList<>();
                String jdbc = PARAMETER.matcher(text).replaceAll(found -> {
                    parameters.add(found.group(1));
                    return Matcher.quoteReplacement("?");
                });
                return new Statement(jdbc, parameters);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
