package io.saddlebag.pull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.testkit.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * The rows of one organisation in the table of a kind, written by the kind's own statement and nothing around it. Each
 * is an organisation of its own, in one database.
 */
final class SinkTable {

    private static final Pattern PARAMETER = Pattern.compile(":\\?(\\w+)");
    private static final Pattern COMMENT = Pattern.compile("(?m)^\\s*--.*$");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final AtomicInteger ORGANISATIONS = new AtomicInteger();

    private static JdbcTemplate database;

    private final SinkKind kind;
    private final String org = "org" + ORGANISATIONS.incrementAndGet();
    private final List<String> parameters = new ArrayList<>();
    private final String statement;

    SinkTable(SinkKind kind) {
        this.kind = kind;
        try {
            String text = COMMENT.matcher(Files.readString(Path.of("routes/kinds", kind.file()))).replaceAll("");
            statement = PARAMETER.matcher(text).replaceAll(found -> {
                parameters.add(found.group(1));
                return Matcher.quoteReplacement("?");
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One statement, as a page of a list or a part of it. */
    void store(Instant requestedAt, List<Map<String, Object>> records) {
        store("list", requestedAt, false, records);
    }

    /**
     * @param requestedAt null: of no request
     * @param again whatever the version
     */
    void store(String shape, Instant requestedAt, boolean again, List<Map<String, Object>> records) {
        Map<String, Object> values = new HashMap<>(Map.of("records", json(records), "org", org, "shape", shape, "ignoreVersion", again,
                "idKey", kind.idKey(), "entity", "things"));
        values.put("requestedAt", requestedAt == null ? null : Timestamp.from(requestedAt));
        database().queryForList(statement, parameters.stream().map(values::get).toArray());
    }

    /** What is to be done with a complete payload of a webhook. */
    String judge(Map<String, Object> record) {
        return database().queryForObject("SELECT verdict FROM judge_webhooks(?, 'things', ?, ?, ?, CAST(? AS jsonb), 'webhook')", String.class,
                org, kind.table(), kind.keyColumn(), kind.idKey(), json(List.of(record)));
    }

    /** Zoho says of a record that it is gone. */
    void gone(Instant requestedAt, String id) {
        database().queryForList("SELECT * FROM mark_deleted(?, 'things', ?, ?, CAST(? AS jsonb))", org, kind.table(), kind.keyColumn(),
                json(List.of(Map.of("id", id, "at", requestedAt.toString()))));
    }

    /**
     * What everybody sees of the rows and their parts, as JSON, in the order of their ids; what is gone may be any version from
     * before, and whether parts are still to be fetched is not looked at.
     */
    List<String> rows() {
        return database().queryForList("""
                SELECT CASE WHEN t.deleted_at IS NOT NULL THEN t.%2$s || ' is gone'
                            ELSE CAST(to_jsonb(t) - '{id,org_id,created_at,updated_at,requested_at,detailed,shapes}'::text[] AS text)
                                 || (SELECT CAST(coalesce(jsonb_agg(p.row ORDER BY CAST(p.row AS text)), '[]') AS text) FROM (%3$s) p) END
                  FROM %1$s t WHERE t.org_id = ? ORDER BY t.%2$s""".formatted(kind.table(), kind.keyColumn(), parts()), String.class, org);
    }

    private String parts() {
        return kind.parts() == null ? "SELECT NULL::jsonb AS row WHERE false" : """
                SELECT to_jsonb(l) - '{org_id,created_at,updated_at}'::text[] AS row FROM %1$s l
                 WHERE l.org_id = t.org_id AND l.%2$s = t.%2$s""".formatted(kind.parts(), kind.keyColumn());
    }

    /** The sources of the rows by id; null of what is gone. */
    Map<String, String> sources() {
        Map<String, String> sources = new TreeMap<>();
        database().query("SELECT %s AS id, CASE WHEN deleted_at IS NULL THEN CAST(source AS text) END AS source FROM %s WHERE org_id = ?"
                .formatted(kind.keyColumn(), kind.table()), row -> {
                    sources.put(row.getString("id"), row.getString("source"));
                }, org);
        return sources;
    }

    /** The keys that each shape said last, by id. */
    Map<String, Map<String, Set<String>>> said() {
        Map<String, Map<String, Set<String>>> said = new TreeMap<>();
        database().query("""
                SELECT %s AS id, s.shape, ARRAY(SELECT k FROM jsonb_object_keys(t.source) k WHERE NOT jsonb_exists(s.lacked, k)) AS keys
                  FROM %s t LEFT JOIN LATERAL jsonb_each(t.shapes) AS s(shape, lacked) ON true WHERE org_id = ?"""
                .formatted(kind.keyColumn(), kind.table()), row -> {
                    Map<String, Set<String>> shapes = said.computeIfAbsent(row.getString("id"), id -> new TreeMap<>());
                    if (row.getString("shape") != null) {
                        shapes.put(row.getString("shape"), Set.of((String[]) row.getArray("keys").getArray()));
                    }
                }, org);
        return said;
    }

    /** @return by id where the row stands and who wrote or locked it, when it was last changed, and whether it has its details */
    Map<String, List<String>> marks() {
        Map<String, List<String>> marks = new TreeMap<>();
        database().query("""
                SELECT %s AS id, concat_ws(' ', ctid, xmin, xmax) AS row, updated_at, coalesce(to_jsonb(t) ->> 'detailed', '') AS detailed
                  FROM %s t WHERE org_id = ?""".formatted(kind.keyColumn(), kind.table()), row -> {
                    marks.put(row.getString("id"), List.of(row.getString("row"), row.getString("updated_at"), row.getString("detailed")));
                }, org);
        return marks;
    }

    static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As PostgreSQL writes it. */
    static String canonical(Map<String, Object> record) {
        return database().queryForObject("SELECT CAST(CAST(? AS jsonb) AS text)", String.class, json(record));
    }

    private static synchronized JdbcTemplate database() {
        if (database == null) {
            try {
                database = new JdbcTemplate(new SingleConnectionDataSource(TestDatabase.connect(TestDatabase.migrated()), true));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            database.execute("SET synchronous_commit = off");
            database.execute("SELECT records_of('things')");
        }
        return database;
    }
}
