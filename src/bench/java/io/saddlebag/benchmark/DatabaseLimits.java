package io.saddlebag.benchmark;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;

/** The fastest and the usual way of putting the rows of {@code products} into a table like it, on the same server. */
record DatabaseLimits(Connection database) {

    /** Rows of the upserts one by one; all would take a minute. */
    static final int ROWS_ONE_BY_ONE = 5_000;

    /** {@code COPY} of all rows into an empty table with the same columns, indexes and constraints: rows a second. */
    double copy() throws SQLException, IOException {
        Path file = Files.createTempFile("products", ".copy");
        try {
            CopyManager copy = database.unwrap(BaseConnection.class).getCopyAPI();
            try (OutputStream out = Files.newOutputStream(file)) {
                copy.copyOut("COPY products TO STDOUT", out);
            }
            emptyTable();
            try (InputStream in = Files.newInputStream(file)) {
                long before = System.nanoTime();
                return perSecond(copy.copyIn("COPY beside FROM STDIN", in), before);
            }
        } finally {
            Files.delete(file);
        }
    }

    /** One {@code INSERT … ON CONFLICT DO UPDATE} for each row, each committed by itself, into a table without triggers: rows a second. */
    double rowByRow() throws SQLException {
        emptyTable();
        return upserts("products", "beside");
    }

    /** The same into products itself, whose triggers keep prices and pictures. What was there is gone. */
    double rowByRowInPlace() throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute("CREATE TEMPORARY TABLE kept AS SELECT * FROM products ORDER BY id LIMIT " + ROWS_ONE_BY_ONE);
            statement.execute("TRUNCATE products CASCADE");
            statement.execute("CHECKPOINT");
            try {
                return upserts("kept", "products");
            } finally {
                statement.execute("DROP TABLE kept");
            }
        }
    }

    private double upserts(String from, String into) throws SQLException {
        List<String> columns = columns();
        String upsert = "INSERT INTO " + into + " (" + String.join(", ", columns) + ") VALUES ("
            + columns.stream().map(column -> "?").collect(joining(", "))
            + ") ON CONFLICT (org_id, zoho_item_id) DO UPDATE SET "
            + columns.stream().map(column -> column + " = EXCLUDED." + column).collect(joining(", "));
        try (Statement statement = database.createStatement();
                PreparedStatement insert = database.prepareStatement(upsert);
                ResultSet rows = statement.executeQuery("SELECT " + String.join(", ", columns)
                    + " FROM " + from + " ORDER BY id LIMIT " + ROWS_ONE_BY_ONE)) {
            long before = System.nanoTime();
            int count = 0;
            while (rows.next()) {
                for (int column = 1; column <= columns.size(); column++) {
                    insert.setObject(column, rows.getObject(column));
                }
                count += insert.executeUpdate();
            }
            return perSecond(count, before);
        }
    }

    /** All but the id, which the server gives. */
    private List<String> columns() throws SQLException {
        try (Statement statement = database.createStatement();
                ResultSet names = statement.executeQuery("SELECT string_agg(column_name, ',')"
                    + " FROM information_schema.columns "
                    + "WHERE table_schema = 'public' AND table_name = 'products' AND is_identity = 'NO'")) {
            names.next();
            return Stream.of(names.getString(1).split(",")).toList();
        }
    }

    /** What was written before is on the disk, so that nobody pays for another's pages. */
    private void emptyTable() throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS beside");
            statement.execute("CREATE TABLE beside (LIKE products INCLUDING ALL)");
            statement.execute("CHECKPOINT");
        }
    }

    private static double perSecond(long rows, long sinceNanos) {
        return rows / ((System.nanoTime() - sinceNanos) / 1e9);
    }
}
