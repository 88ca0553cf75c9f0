package io.saddlebag.benchmark;

import static io.saddlebag.benchmark.Figures.number;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Polls, webhooks and pushes side by side, for an hour or for {@code -Dsaddlebag.soak} minutes: the memory, the tables and indexes that hold one row
 * a record, and the log that PostgreSQL writes a minute. Each figure of the last quarter stands beside that of the second one; in the first one caches
 * fill.
 */
record Soak(Path folder, Layout layout, Sandbox sandbox) {

    private static final int ITEMS = 5_000;
    private static final int WEBHOOKS_A_SECOND = 5;
    /** The application's own processes also write these while it waits for nothing. */
    private static final String OF_RECORDS = "('products', 'product_prices', 'product_stock', 'push_state', 'sync_watermarks', 'work_locks')";

    void measure(Figures figures) throws Exception {
        long minutes = Long.getLong("saddlebag.soak", 60);
        sandbox.hold(ITEMS);
        try (Application application = Application.start(folder, layout, sandbox); Connection database = application.database();
                WebhookSender webhooks = application.webhooks(ITEMS)) {
            Pushes.prepare(database);
            application.run("full");
            application.push("crm-products");
            JvmMemory memory = new JvmMemory(application.pid());
            List<Minute> all = new ArrayList<>();
            double log = logged(database);
            for (int minute = 1; minute <= minutes; minute++) {
                Figures.progress("minute " + minute + " of " + minutes);
                webhooks.steadily(WEBHOOKS_A_SECOND, Duration.ofMinutes(1));
                application.run("incremental");
                execute(database, "UPDATE own_products SET price = price + 1 WHERE n % 20 = " + minute % 20);
                application.push("crm-products");
                double now = logged(database);
                all.add(new Minute(memory.alive(), memory.resident(), size(database, "pg_table_size"), size(database, "pg_indexes_size"), now - log));
                log = now;
            }
            add(figures, all, "soak of " + minutes + " minutes: heap alive", "MB", Minute::alive);
            add(figures, all, "  resident memory", "MB", Minute::resident);
            add(figures, all, "  tables of records", "MB", Minute::tables);
            add(figures, all, "  their indexes", "MB", Minute::indexes);
            add(figures, all, "  log of PostgreSQL, a minute", "MB", Minute::log);
        }
    }

    /** Figures at the end of a minute, in megabytes. @param log what PostgreSQL wrote to its log in that minute */
    private record Minute(double alive, double resident, double tables, double indexes, double log) {
    }

    private static void add(Figures figures, List<Minute> all, String what, String unit, ToDoubleFunction<Minute> figure) {
        int quarter = Math.max(1, all.size() / 4);
        double late = median(all.subList(all.size() - quarter, all.size()), figure);
        double early = median(all.subList(Math.min(quarter, all.size() - 1), Math.min(2 * quarter, all.size())), figure);
        figures.add(what, number("%.0f ", late) + unit, "second quarter " + number("%.0f ", early) + unit, number("%.2f", late / early), "flat");
    }

    private static double median(List<Minute> minutes, ToDoubleFunction<Minute> figure) {
        return Figures.median(minutes.stream().map(figure::applyAsDouble).toList());
    }

    private static double size(Connection database, String function) throws SQLException {
        return value(database, "SELECT sum(" + function + "(oid)) / 1048576.0 FROM pg_class WHERE relkind = 'r' AND relname IN " + OF_RECORDS);
    }

    private static double logged(Connection database) throws SQLException {
        return value(database, "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') / 1048576.0");
    }

    private static double value(Connection database, String sql) throws SQLException {
        try (Statement statement = database.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getDouble(1);
        }
    }

    private static void execute(Connection database, String sql) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute(sql);
        }
    }
}
