package io.saddlebag.benchmark;

import static io.saddlebag.benchmark.Figures.median;
import static io.saddlebag.benchmark.Figures.number;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What an incremental run costs when nothing has changed.
 *
 * @param secondsOfFullRun of one that finds nothing changed either
 */
record QuietPulls(Application application, double secondsOfFullRun) {

    /** The application's own housekeeping, timers and heartbeats, comes round once in it. */
    private static final Duration WINDOW = Duration.ofSeconds(5);
    private static final int REPETITIONS = 5;

    void measure(Figures figures) throws Exception {
        List<Double> milliseconds = new ArrayList<>();
        List<Double> calls = new ArrayList<>();
        List<Double> written = new ArrayList<>();
        List<Double> idle = new ArrayList<>();
        List<Double> rows = new ArrayList<>();
        try (Connection connection = application.database()) {
            application.run("incremental"); // the first one loads classes
            for (int repetition = 1; repetition <= REPETITIONS; repetition++) {
                Figures.progress("incremental runs with nothing to do, " + repetition + " of " + REPETITIONS);
                String now = text(connection, "SELECT clock_timestamp()::text");
                String before = position(connection);
                long end = System.nanoTime() + WINDOW.toNanos();
                Run run = application.run("incremental");
                pause(Duration.ofNanos(end - System.nanoTime()));
                String after = position(connection);
                pause(WINDOW);
                String later = position(connection);
                milliseconds.add(run.seconds() * 1000);
                calls.add((double) run.calls());
                written.add(bytes(connection, before, after));
                idle.add(bytes(connection, after, later));
                rows.add(Double.valueOf(text(connection,
                    "SELECT count(*) FROM products WHERE updated_at >= '" + now + "'")));
            }
        }
        figures.add("incremental run with nothing to do", number("%.0f ms", median(milliseconds)),
            number("full run with nothing to do %,.0f ms", secondsOfFullRun * 1000),
            number("%.3f", median(milliseconds) / 1000 / secondsOfFullRun), "");
        figures.add("  calls to Zoho", number("%.0f", median(calls)), "", "", "1");
        figures.add("  rows of products written", number("%.0f", median(rows)), "", "", "0");
        figures.add("  WAL written in " + WINDOW.toSeconds() + " s around it", number("%,.0f bytes", median(written)),
            number("as long without a run %,.0f bytes", median(idle)),
            number("%.1f", median(written) / median(idle)), "");
    }

    static void pause(Duration time) {
        await().timeout(time.plusSeconds(1)).pollDelay(time.isNegative() ? Duration.ZERO : time).until(() -> true);
    }

    private static String position(Connection connection) throws SQLException {
        return text(connection, "SELECT pg_current_wal_insert_lsn()");
    }

    private static double bytes(Connection connection, String from, String to) throws SQLException {
        return Double.parseDouble(text(connection, "SELECT pg_wal_lsn_diff('" + to + "', '" + from + "')"));
    }

    private static String text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }
}
