package io.saddlebag.benchmark;

import static io.saddlebag.benchmark.Figures.median;
import static io.saddlebag.benchmark.Figures.number;

import io.saddlebag.zoho.ZohoStatement;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * What the ledger costs a call: its slot before and its answer after it, both committed, by the Zoho client's own statements;
 * beside an INSERT and an UPDATE in a table without anything else, committed by the same server in the same loop.
 */
record LedgerCost(Application application) {

    private static final int CALLS = 1_000_000;
    private static final int DAYS = 90;
    private static final int HELD = 80;
    private static final int REPETITIONS = 500;
    private static final String ORG = "ledger";
    private static final ZohoStatement SLOT = ZohoStatement.of("zoho-slot.sql");
    private static final ZohoStatement ANSWERED = ZohoStatement.of("zoho-answered.sql");

    void measure(Figures figures) throws Exception {
        try (Connection connection = application.database()) {
            JdbcTemplate database = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
            database.execute("TRUNCATE zoho_calls");
            database.update("INSERT INTO organisations (org_id) VALUES (?)", ORG);
            database.execute("CREATE TABLE bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, answered boolean)");
            hold(database);
            Figures.progress("fills the ledger with " + CALLS + " calls of " + DAYS + " days");
            database.update("INSERT INTO zoho_calls (org_id, at, answered_at, released_at, method, path, status, zoho_code, ms, purpose, run_id)"
                + " SELECT ?, at, at, at + interval '1 minute', 'GET', '/inventory/v1/items', 200, '0', 900, 'pull', i / 500 FROM generate_series(1, ?) i,"
                + " LATERAL (SELECT now() - interval '61 s' - i * (? * interval '1 day') / ? AS at) call", ORG, CALLS, DAYS, CALLS);
            database.execute("ANALYZE zoho_calls");
            database.execute("CHECKPOINT");
            Figures.progress("the ledger's cost");
            add(figures, database, "", number("ledger, slot and answer of a call, %,d calls in it", CALLS));
            add(figures, database, "1000000", number("  with ZOHO_CALLS_PER_DAY, %,d calls a day", CALLS / DAYS));
        }
    }

    /** As many as a run holds that spends the minute. */
    private static void hold(JdbcTemplate database) {
        database.update("INSERT INTO zoho_calls (org_id, at, answered_at, released_at, method, path, status, zoho_code, ms, purpose)"
            + " SELECT ?, now(), now(), now() + interval '1 hour', 'GET', '/inventory/v1/items', 200, '0', 900, 'check'"
            + " FROM generate_series(1, ?)", ORG, HELD);
    }

    private static void add(Figures figures, JdbcTemplate database, String perDay, String what) {
        Map<String, Object> values = new HashMap<>(Map.of("org", ORG, "method", "GET", "path", "/inventory/v1/items", "purpose", "check",
            "zoho.calls-per-minute", "90", "zoho.calls-per-day", perDay, "zoho.calls-in-flight", "4", "zoho.call-timeout", "45s",
            "zoho.day-reserve-percent", "5"));
        values.putAll(Map.of("status", 200, "code", "0", "outcome", "ok", "dayLimit", 1000000, "dayRemaining", 900000, "dayReset", 3600));
        List<Double> ledger = new ArrayList<>();
        List<Double> bare = new ArrayList<>();
        for (int i = 0; i < REPETITIONS; i++) {
            long start = System.nanoTime();
            Object call = database.queryForMap(SLOT.jdbc(), SLOT.values(values)).get("call_id");
            values.put("slot[call_id]", call);
            database.update(ANSWERED.jdbc(), ANSWERED.values(values));
            long between = System.nanoTime();
            Object row = database.queryForMap("INSERT INTO bare DEFAULT VALUES RETURNING id").get("id");
            database.update("UPDATE bare SET answered = true WHERE id = ?", row);
            ledger.add((between - start) / 1e6);
            bare.add((System.nanoTime() - between) / 1e6);
            if (call == null) {
                throw new IllegalStateException("no slot was free");
            }
            database.update("UPDATE zoho_calls SET released_at = answered_at WHERE id = ?", call);
        }
        figures.add(what, number("%.2f ms", median(ledger)), number("two commits of a bare row %.2f ms", median(bare)),
            number("+ %.2f ms", median(ledger) - median(bare)), "< 2 ms");
    }
}
