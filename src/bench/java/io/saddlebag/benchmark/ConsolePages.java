package io.saddlebag.benchmark;

import static io.saddlebag.benchmark.Figures.number;

import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How long the console's pages take where the tables are full, beside the same pages where they are almost empty. */
record ConsolePages(Application application) {

    private static final int REPETITIONS = 15;
    private static final List<String> PAGES = List.of("/", "/runs", "/records?q=Lamp", "/records?q=SKU-77", "/webhooks", "/webhooks/events",
        "/webhooks/events?status=dead", "/webhooks/events?entity=items&event=deleted", "/dead-letters", "/dead-letters?source=webhook&entity=items&reason=cannot+be+stored+(0)",
        "/deletes", "/dead-letters/all", "/dead-letters/replays", "/push", "/push/crm-products", "/push/crm-products?status=failed", "/calls", "/connections", "/quality", "/quality/items", "/alerts", "/audit", "/system");
    /** Statements that fill the tables: a million events, and what two months of them leave in the other tables. */
    private static final List<String> FILL = List.of("""
        INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, modified, complete, payload, status, received_at, processed_at)
        SELECT o.org_id, md5(n::text), md5(n::text), (ARRAY['items', 'contacts', 'invoices'])[1 + n % 3], (ARRAY['created', 'updated', 'updated', 'deleted'])[1 + n % 4],
               (6000000000000000000 + n % 50000)::text, now() - n * interval '5 s', true, repeat('x', 600), CASE WHEN n % 10 = 0 THEN 'dead' ELSE 'done' END,
               now() - n * interval '5 s', now() - n * interval '5 s' + interval '40 ms'
          FROM organisations o, generate_series(1, 1000000) n WHERE o.is_default""", """
        INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error, event_id, created_at, failed_at)
        SELECT org_id, 'webhook', entity, zoho_id, payload || id, 'cannot be stored (' || id % 40 || ')', event_id, received_at, received_at
          FROM webhook_events WHERE status = 'dead'""", """
        INSERT INTO record_changes (org_id, entity, zoho_id, changed_at, column_name, before, after, source)
        SELECT o.org_id, 'items', (6000000000000000000 + n % 50000)::text, now() - n * interval '5 s', 'price', to_jsonb(n), to_jsonb(n + 1), 'webhook'
          FROM organisations o, generate_series(1, 1000000) n WHERE o.is_default""", """
        INSERT INTO sync_runs (org, entity, mode, trigger, status, started_at, finished_at, pages, calls, seen)
        SELECT o.org_id, (ARRAY['items', 'contacts', 'invoices'])[1 + n % 3], 'incremental', 'staff', 'succeeded', now() - n * interval '5 min',
               now() - n * interval '5 min' + interval '1 s', 1, 1, n % 200
          FROM organisations o, generate_series(1, 50000) n WHERE o.is_default""", """
        INSERT INTO zoho_calls (org_id, at, answered_at, released_at, method, path, status, ms, purpose)
        SELECT o.org_id, now() - n * interval '1 s', now() - n * interval '1 s', now() - n * interval '1 s', 'GET', '/items', 200, n % 900,
               (ARRAY['pull', 'webhook', 'push', 'check'])[1 + n % 4]
          FROM organisations o, generate_series(61, 300000) n WHERE o.is_default""", """
        INSERT INTO audit_log (at, who, role, action, org_id, outcome)
        SELECT now() - n * interval '2 min', 'admin', 'admin', 'sync', o.org_id, 'done' FROM organisations o, generate_series(1, 200000) n WHERE o.is_default""", """
        INSERT INTO products (org_id, zoho_item_id, name, sku, price)
        SELECT o.org_id, (6000000000000000000 + n)::text, 'Lamp ' || n, 'SKU-' || n, n FROM organisations o, generate_series(1, 50000) n WHERE o.is_default""",
        "INSERT INTO push_targets (org_id, target, state) SELECT org_id, 'crm-products', 'on' FROM organisations WHERE is_default ON CONFLICT DO NOTHING", """
        INSERT INTO push_state (org_id, target, record_key, status, zoho_id, sent, sent_at, tried_at)
        SELECT o.org_id, 'crm-products', 'key-' || n, CASE WHEN n % 50 = 0 THEN 'failed' ELSE 'ok' END, n::text,
               jsonb_build_object('Product_Name', 'Lamp ' || n, 'Unit_Price', n, 'Description', repeat('words ', 60)), now(), now()
          FROM organisations o, generate_series(1, 100000) n WHERE o.is_default""", """
        INSERT INTO push_log (org_id, target, record_key, at, action, outcome, changes)
        SELECT o.org_id, 'crm-products', 'key-' || n % 100000, now() - n * interval '5 s', 'update', 'ok', '{"Unit_Price": {"before": 1, "after": 2}}'
          FROM organisations o, generate_series(1, 1000000) n WHERE o.is_default""", """
        INSERT INTO data_quality (run_id, org_id, entity, measure, count, of)
        SELECT r.id, r.org, 'items', m, r.id % 100, 50000 FROM sync_runs r, unnest(ARRAY['without_sku', 'negative_stock']) m WHERE r.entity = 'items'""", """
        INSERT INTO letter_replays (org_id, request, found, replayed)
        SELECT o.org_id, '{}', 100, 100 FROM organisations o, generate_series(1, 1000) n WHERE o.is_default""",
        "ANALYZE");

    void measure(Figures figures) throws Exception {
        Figures.progress("the console's pages of an empty installation");
        Map<String, Double> empty = times();
        try (Connection connection = application.database(); Statement statement = connection.createStatement()) {
            for (String sql : FILL) {
                Figures.progress("fills: " + sql.lines().findFirst().orElseThrow().replaceFirst(" ?\\(.*", ""));
                statement.execute(sql);
            }
        }
        Figures.progress("the console's pages of a full installation");
        times().forEach((page, millis) -> figures.add("console page " + page + ", 1,000,000 events, 100,000 dead letters", number("%.0f ms", millis),
            number("almost empty tables %.0f ms", empty.get(page)), number("%.2f", millis / empty.get(page)), "<= 300 ms"));
    }

    /** @return the median for each page, milliseconds */
    private Map<String, Double> times() throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        Map<String, Double> medians = new LinkedHashMap<>();
        for (String page : PAGES) {
            List<Double> millis = new ArrayList<>();
            for (int n = 0; n < REPETITIONS; n++) {
                long begin = System.nanoTime();
                int status = http.send(application.staff(page).header("Accept", "text/html").build(), BodyHandlers.ofString()).statusCode();
                millis.add((System.nanoTime() - begin) / 1e6);
                if (status != 200) {
                    throw new IllegalStateException(page + " answered " + status);
                }
            }
            medians.put(page, Figures.median(millis));
        }
        return medians;
    }
}
