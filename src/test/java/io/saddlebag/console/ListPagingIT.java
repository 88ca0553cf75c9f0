package io.saddlebag.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.SaddlebagServer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Long lists: page by page in a stable order, each row once, also while rows change. */
@Tag("sql")
class ListPagingIT extends ConsoleCase {

    private static final String ORG = SaddlebagServer.ORG;

    private long held;
    private long full;

    /** Of its own: plans and numbers of blocks depend on the rows that a table has had. */
    @Override
    SaddlebagServer server() {
        return SaddlebagServer.start(zoho);
    }

    @AfterAll
    void stop() {
        saddlebag.close();
    }

    @BeforeEach
    void fill() {
        saddlebag.database().execute("TRUNCATE dead_letters, letter_replays, webhook_events, record_changes, run_created, alerts, data_quality, push_log, push_state; DELETE FROM products; DELETE FROM customers");
        update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error, failed_at, run_id) SELECT ?, CASE WHEN n % 2 = 0 THEN 'pull' ELSE 'webhook' END, 'items', n::text, '{}',"
            + " 'cause ' || n || ' & more', now() - n / 3 * interval '1 minute', CASE WHEN n > 300 THEN 7 END FROM generate_series(1, 401) n", ORG);
        update("INSERT INTO letter_replays (org_id, request, found, replayed) SELECT ?, '{}', n, n FROM generate_series(1, 41) n", ORG);
        update("INSERT INTO alerts (key, org_id, state, since, text, mend) SELECT 'problem-' || n, ?, CASE WHEN n % 2 = 0 THEN 'firing' ELSE 'resolved' END, now() - n / 3 * interval '1 minute', 'Problem ' || n,"
            + " '{\"label\": \"See the runs\", \"method\": \"GET\", \"address\": \"/runs\"}'"
            + " FROM generate_series(1, 201) n", ORG);
        update("WITH runs AS (INSERT INTO sync_runs (org, entity, mode, trigger, status, finished_at) SELECT ?, 'items', 'full', 'timer', 'succeeded', now() FROM generate_series(1, 201) RETURNING id, org, entity),"
            + " mark AS (INSERT INTO sync_watermarks (org, entity, watermark, run_id, records) SELECT org, entity, now(), max(id), 10 FROM runs GROUP BY 1, 2 ON CONFLICT (org, entity) DO NOTHING)"
            + " INSERT INTO data_quality (run_id, org_id, entity, measure, count, of) SELECT id, org, entity, m, 1, 2 FROM runs, unnest(ARRAY['without_sku', 'negative_stock']) m", ORG);
        update("INSERT INTO products (org_id, zoho_item_id, name, is_active, deleted_at) SELECT ?, 'i' || n, 'Lamp ' || n / 3, true, CASE WHEN n % 10 = 0 THEN now() END FROM generate_series(1, 61) n", ORG);
        update("INSERT INTO customers (org_id, zoho_contact_id, name) SELECT ?, 'c' || n, 'Lamp shop' FROM generate_series(1, 3) n", ORG);
        held = saddlebag.database().queryForObject("INSERT INTO sync_runs (org, entity, mode, trigger, status, held, finished_at) VALUES (?, 'crm-products', 'push', 'timer', 'partial', 101, now()) RETURNING id",
            Long.class, ORG);
        update("INSERT INTO push_state (org_id, target, record_key, status, error_code, error_text, run_id, sent, trying) SELECT ?, 'crm-products', 'key ' || n, 'held', 'held', 'too many', ?,"
            + " jsonb_build_object('Unit_Price', n, 'Name', 'same'), jsonb_build_object('Unit_Price', n + 1000, 'Name', 'same') FROM generate_series(1, 101) n", ORG, held);
        full = Long.parseLong(one("SELECT max(id) FROM sync_runs WHERE mode = 'full'"));
        update("INSERT INTO record_changes (org_id, entity, zoho_id, column_name, before, after, source, run_id) SELECT ?, 'items', 'r' || n, c, '1', '2', 'pull', ? FROM generate_series(1, 61) n, unnest(ARRAY['price', 'name']) c",
            ORG, full);
        update("INSERT INTO record_changes (org_id, entity, zoho_id, column_name, before, after, source) SELECT ?, 'items', 'i1', 'price', to_jsonb(n), to_jsonb(n + 1), 'webhook' FROM generate_series(1, 301) n", ORG);
        update("INSERT INTO push_log (org_id, target, record_key, action, outcome) SELECT ?, 'crm-products', 'key & 1', 'update', 'ok' FROM generate_series(1, 201) n", ORG);
        update("INSERT INTO run_created (run_id, zoho_id) SELECT ?, 'r' || n FROM generate_series(51, 121) n", full);
    }

    @Test
    void aGroupOfLettersIsFilteredByTimeAndErrorToo() {
        update("UPDATE dead_letters SET error = 'one cause: \"' || id || '\"' WHERE source = 'pull'");
        String reason = saddlebag.database().queryForObject("SELECT DISTINCT reason FROM dead_letters WHERE source = 'pull'", String.class);
        String group = "/api/dead-letters?source=pull&entity=items&limit=500&reason=" + URLEncoder.encode(reason, StandardCharsets.UTF_8);
        String since = one("SELECT to_char(max(failed_at) - interval '10 minutes', 'YYYY-MM-DD\"T\"HH24:MI:SSOF') FROM dead_letters").replace("+", "%2B");
        String error = URLEncoder.encode(one("SELECT error FROM dead_letters WHERE id = (SELECT max(id) FROM dead_letters WHERE source = 'pull')"), StandardCharsets.UTF_8);

        assertThat(letters(group)).isEqualTo(200);
        assertThat(letters(group + "&from=" + since)).isBetween(1L, 199L)
            .isEqualTo(saddlebag.count("dead_letters WHERE source = 'pull' AND failed_at >= '" + since.replace("%2B", "+") + "'"));
        assertThat(letters(group + "&to=" + since)).isEqualTo(200 - letters(group + "&from=" + since));
        assertThat(letters(group + "&error=" + error)).isEqualTo(1);
    }

    private long letters(String address) {
        return SaddlebagServer.json(saddlebag.call("GET", address)).get("deadLetters").size();
    }

    @Test
    void aCallIsShownAsLongAsTheLedgerKeepsIt() {
        long old = saddlebag.database().queryForObject("INSERT INTO zoho_calls (org_id, at, answered_at, released_at, method, path, status, ms, purpose)"
            + " VALUES (?, now() - interval '60 days', now(), now(), 'GET', '/long-ago', 200, 20, 'check') RETURNING id", Long.class, ORG);
        try {
            assertThat(SaddlebagServer.json(saddlebag.call("GET", "/api/calls?purpose=check")).get("calls").findValuesAsText("path")).contains("/long-ago");
            JsonNode one = SaddlebagServer.json(saddlebag.call("GET", "/api/calls?id=" + old));
            assertThat(one.get("calls").findValuesAsText("id")).containsExactly(Long.toString(old));
            assertThat(one.get("next").isNull()).isTrue();
            assertThat(browser.page("/calls?id=" + old).select("#list tbody").text()).contains("/long-ago");
            assertThat(browser.page("/calls?id=1234567890").select("#list").text()).contains("older than the ledger keeps");
            assertThat(SaddlebagServer.json(saddlebag.call("GET", "/api/calls?id=" + old + "&org=60000000002")).path("calls")).isEmpty();
        } finally {
            update("DELETE FROM zoho_calls WHERE path = '/long-ago'");
        }
    }

    /** PostgreSQL counts the scans of an index after the transaction that made them. */
    @Test
    void rareCallsAndRowsOfTheAuditAreFoundByAnIndex() {
        update("INSERT INTO zoho_calls (org_id, at, answered_at, released_at, method, path, status, ms, purpose) SELECT ?, now() - interval '1 day' + n * interval '1 s', now(), now() + interval '1 hour', 'GET', '/x',"
            + " CASE WHEN n <= 10 THEN 429 ELSE 200 END, CASE WHEN n <= 15 THEN 3000 ELSE 20 END, 'pull' FROM generate_series(1, 20000) n", ORG);
        update("INSERT INTO audit_log (who, action, org_id, outcome) SELECT 'tester', CASE WHEN n <= 10 THEN 'rare.one' WHEN n <= 20 THEN 'rare.two' ELSE 'often' END, CASE WHEN n <= 5 THEN '9' END, 'done'"
            + " FROM generate_series(1, 20000) n");
        saddlebag.database().execute("ANALYZE zoho_calls, audit_log");
        try {
            assertThat(SaddlebagServer.json(saddlebag.call("GET", "/api/calls?only=refused&limit=500")).get("calls")).hasSize(10);
            assertThat(SaddlebagServer.json(saddlebag.call("GET", "/api/calls?only=slow&limit=500")).get("calls")).hasSize(15);
            assertThat(SaddlebagServer.json(saddlebag.call("GET", "/api/calls?only=slow&purpose=push")).get("calls")).isEmpty();
            assertThat(String.join(" ", saddlebag.database().queryForList("EXPLAIN SELECT * FROM zoho_calls WHERE org_id = '" + ORG + "' AND released_at > at AND id < 15000"
                + " AND at <= coalesce((SELECT b.at FROM zoho_calls b WHERE b.id = 15000), 'infinity') ORDER BY at DESC, id DESC LIMIT 100", String.class)))
                .as("a later page as calls_page reads it").contains("Index Scan Backward using zoho_calls_day", "Incremental Sort").doesNotContain("Seq Scan");
            JsonNode first = SaddlebagServer.json(saddlebag.call("GET", "/api/calls?only=slow&limit=9"));
            assertThat(SaddlebagServer.json(saddlebag.call("GET", "/api/calls?only=slow&limit=9&before=" + first.get("next").asLong())).get("calls")).hasSize(6);
            assertThat(SaddlebagServer.json(saddlebag.call("GET", "/api/audit?action=rare&limit=500")).get("audit")).hasSize(20);
            assertThat(SaddlebagServer.json(saddlebag.call("GET", "/api/audit?action=rare.two&limit=500")).get("audit")).hasSize(10);
            assertThat(SaddlebagServer.json(saddlebag.call("GET", "/api/audit?action=rar")).get("audit")).isEmpty();
            await().untilAsserted(() -> assertThat(saddlebag.database().queryForList("SELECT indexrelname FROM pg_stat_user_indexes WHERE idx_scan > 0"
                + " AND indexrelname IN ('zoho_calls_refused', 'zoho_calls_slow', 'audit_log_action')", String.class)).hasSize(3));
        } finally {
            update("DELETE FROM zoho_calls WHERE path = '/x'");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/dead-letters          | #groups   | 3 | 401",
        "/dead-letters/all      | #letters  | 9 | 401",
        "/dead-letters/replays  | #replays  | 3 | 41",
        "/alerts                | #problems | 3 | 201",
        "/quality/items         | main      | 3 | 201",
        "/records?q=lamp        | main      | 3 | 64",
        "/runs/{held}           | #records  | 3 | 101",
        "/dead-letters/all?run=7 | #letters | 3 | 101",
        "/runs/{full}           | #changed  | 3 | 121",
        "/records/items/i1/changes | #changes | 4 | 301",
        "/push/crm-products/log?keys=key%20%26%201 | #log | 3 | 201",
        "/quality/items/without_sku | #records | 2 | 55"})
    void eachPageLeadsToTheNextOneAndTheFileHasAllRows(String address, String part, int pages, int rows) {
        String first = withIds(address);
        List<Document> turned = new ArrayList<>();
        for (String next = first; !next.isEmpty(); next = turned.get(turned.size() - 1).select(part + " .pages a:contains(Next page)").attr("href")) {
            turned.add(browser.page(next));
        }
        Document last = turned.get(turned.size() - 1);

        assertThat(turned).hasSize(pages);
        assertThat(turned.stream().mapToInt(page -> page.select(part + " tbody tr").size()).sum()).isEqualTo(rows);
        assertThat(last.select(part + " .pages a:contains(First page)").attr("href")).isEqualTo(first);
        assertThat(browser.get(last.select(part + " .files a").attr("href")).body().lines().toList()).as("the header and all rows").hasSize(rows + 1).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/api/dead-letters?limit=70&payloads=false | deadLetters | id        | before | SELECT id FROM dead_letters ORDER BY failed_at DESC, id DESC",
        "/api/dead-letters?limit=70                | deadLetters | id        | before | SELECT id FROM dead_letters ORDER BY failed_at DESC, id DESC",
        "/api/dead-letters?source=pull&limit=70    | deadLetters | id        | before | SELECT id FROM dead_letters WHERE source = 'pull' ORDER BY failed_at DESC, id DESC",
        "/api/dead-letters/replays?limit=10        | replays     | id        | before | SELECT id FROM letter_replays ORDER BY id DESC",
        "/api/alerts?limit=70                      | alerts      | key       | after  | SELECT key FROM alerts ORDER BY state, since DESC, key",
        "/api/alerts?state=resolved&limit=70       | alerts      | key       | after  | SELECT key FROM alerts WHERE state = 'resolved' ORDER BY since DESC, key",
        "/api/quality/items?limit=70               | history     | runId     | before | SELECT DISTINCT run_id FROM data_quality ORDER BY run_id DESC",
        "/api/records/items/i1/changes?limit=70    | changes     | id        | before | SELECT id FROM record_changes WHERE zoho_id = 'i1' ORDER BY id DESC",
        "/api/push/crm-products/-/log?keys=key%20%26%201&limit=70 | log | id      | before | SELECT id FROM push_log ORDER BY id DESC",
        "/api/push/runs/{held}/records?limit=70    | records     | recordKey | after  | SELECT record_key FROM push_state ORDER BY record_key",
        "/api/sync/runs/{full}/records?limit=50    | records     | zohoId    | after  | SELECT zoho_id FROM (SELECT zoho_id FROM record_changes WHERE run_id IS NOT NULL UNION SELECT zoho_id FROM run_created) r ORDER BY zoho_id",
        "/api/quality/items/without_price?limit=20 | records     | zohoId    | after  | SELECT zoho_item_id FROM products WHERE is_active AND deleted_at IS NULL ORDER BY 1",
        "/api/dead-letters?run=7&limit=70          | deadLetters | id        | before | SELECT id FROM dead_letters WHERE run_id = 7 ORDER BY failed_at DESC, id DESC"})
    void eachRowIsOnOnePageInOrder(String address, String member, String key, String parameter, String rows) {
        List<List<String>> pages = pages(withIds(address), member, key, parameter, () -> { });

        assertThat(pages).hasSizeGreaterThan(1);
        assertThat(pages.stream().flatMap(List::stream)).containsExactlyElementsOf(saddlebag.database().queryForList(rows, String.class));
    }

    @Test
    void groupsArePagedByTheirNameAndTheLargestOfAPageComesFirst() {
        update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error) SELECT org_id, source, entity, '0', payload, error FROM dead_letters WHERE zoho_id = '300'");
        List<List<String>> pages = pages("/api/dead-letters/groups", "groups", "reason", "after", () -> { });

        assertThat(pages.stream().flatMap(List::stream)).hasSize(401).doesNotHaveDuplicates();
        assertThat(pages).extracting(List::size).containsExactly(200, 200, 1);
        HttpResponse<String> first = saddlebag.call("GET", "/api/dead-letters/groups");
        assertThat(SaddlebagServer.json(first).get("next").asText()).as("a reason may have what a viewer must not see").matches("[0-9A-Za-z_-]+");
        assertThat(saddlebag.call("GET", "/api/dead-letters/groups?after=cHVsbCBpdGVtcyBh").statusCode()).as("not made here").isEqualTo(400);
        assertThat(pages).filteredOn(page -> page.contains("cause 300 & more")).singleElement().satisfies(page -> assertThat(page.get(0)).isEqualTo("cause 300 & more"));
    }

    @Test
    void whatChangesMeanwhileMovesNoOtherRow() {
        String newest = one("SELECT id FROM dead_letters ORDER BY failed_at DESC, id DESC LIMIT 1");
        String oldest = one("SELECT id FROM dead_letters ORDER BY failed_at, id LIMIT 1");
        List<String> others = saddlebag.database().queryForList("SELECT id FROM dead_letters ORDER BY failed_at DESC, id DESC", String.class);
        others.removeAll(List.of(newest, oldest));
        Runnable failsAgain = () -> update("UPDATE dead_letters SET failed_at = now() WHERE id IN (?, ?)", Long.valueOf(newest), Long.valueOf(oldest));

        List<String> letters = pages("/api/dead-letters?limit=70", "deadLetters", "id", "before", failsAgain).stream().flatMap(List::stream).filter(id -> others.contains(id)).toList();
        List<String> groups = pages("/api/dead-letters/groups", "groups", "reason", "after", () -> update("DELETE FROM dead_letters WHERE zoho_id IN ('2', '3')")).stream().flatMap(List::stream).toList();
        List<String> alerts = pages("/api/alerts?limit=70", "alerts", "key", "after", () -> update("UPDATE alerts SET state = 'firing', since = now() WHERE key IN ('problem-2', 'problem-201')"))
            .stream().flatMap(List::stream).toList();

        assertThat(letters).isEqualTo(others);
        assertThat(groups).doesNotHaveDuplicates().contains("cause 1 & more", "cause 400 & more");
        assertThat(alerts).hasSize(200).doesNotHaveDuplicates();
    }

    @Test
    void aSearchGoesOnInEachKindThatHasMore() {
        update("UPDATE products SET name = 'lamp' WHERE zoho_item_id = 'i40'");
        JsonNode first = SaddlebagServer.json(saddlebag.call("GET", "/api/records?q=Lamp"));

        assertThat(first.get("records")).hasSize(28);
        assertThat(StreamSupport.stream(first.get("records").spliterator(), false).filter(one -> one.get("entity").asText().equals("items")).findFirst().orElseThrow().get("zohoId").asText())
            .as("the whole name, although it is deleted").isEqualTo("i40");
        assertThat(first.get("next").asText()).as("no name").matches("items:i[0-9]+");
        List<String> all = pages("/api/records?q=Lamp", "records", "zohoId", "after", () -> { }).stream().flatMap(List::stream).toList();
        assertThat(all).hasSize(64).doesNotHaveDuplicates();
        assertThat(all.subList(all.size() - 5, all.size())).as("deleted ones come last").containsExactlyInAnyOrder("i10", "i20", "i30", "i50", "i60");
        assertThat(pages("/api/records?q=Lamp&limit=2", "records", "zohoId", "after", () -> { })).hasSize(31);
    }

    @Test
    void aPageWithLargePayloadsEndsEarlierAndTheNextOneGoesOn() {
        update("UPDATE dead_letters SET payload = repeat('x', 1500000) || id WHERE zoho_id IN ('1', '2', '3', '4')");

        List<List<String>> pages = pages("/api/dead-letters?limit=500", "deadLetters", "id", "before", () -> { });

        assertThat(pages.get(0)).as("the third large one would exceed 4 MB").hasSize(3);
        assertThat(pages.stream().flatMap(List::stream)).hasSize(401).doesNotHaveDuplicates();
        assertThat(SaddlebagServer.json(saddlebag.call("GET", "/api/dead-letters?limit=500")).get("cut").asBoolean()).isTrue();
        assertThat(SaddlebagServer.json(saddlebag.call("GET", "/api/dead-letters?limit=500&payloads=false")).get("cut").asBoolean()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"/api/dead-letters?before=7", "/api/dead-letters?before=yesterday,7", "/api/dead-letters?source=pull&entity=items&reason=x&before=2026-11-29T12:00:00Z,7", "/api/dead-letters/groups?after=pull",
        "/api/alerts?after=problem-1", "/api/records?q=lamp&after=items", "/api/quality/items?before=x", "/api/dead-letters/replays?before=x", "/api/push/runs/{held}/records?limit=0", "/api/sync/runs/{full}/records?after=7", "/api/dead-letters?run=x",
        "/api/dead-letters?source=pull&entity=items&reason=x&run=7", "/api/dead-letters/replays/7?after=7"})
    void aPlaceThatNoAnswerGaveIsRefused(String address) {
        assertThat(saddlebag.call("GET", withIds(address).replace(" ", "%20")).statusCode()).isEqualTo(400);
    }

    @Test
    void whatFailedAgainOfAReplayIsPagedFirstOfTheInboxThenOfPushes() {
        long replay = Long.parseLong(one("SELECT max(id) FROM letter_replays"));
        update("INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, complete, payload, status, replay_id) SELECT ?, 'e' || n, 'e' || n, 'items', 'updated', 'again ' || n, true, '{}', 'dead', ?"
            + " FROM generate_series(1, 70) n", ORG, replay);
        update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error, event_id) SELECT ?, 'webhook', 'items', 'again ' || n, '{}', 'broken', 'e' || n FROM generate_series(70, 1, -1) n", ORG);
        update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error, replay_id) SELECT ?, 'push', 'crm-products', 'sent ' || n, '{}', 'broken', ? FROM generate_series(1, 51) n", ORG, replay);
        update("INSERT INTO push_state (org_id, target, record_key, status) SELECT ?, 'crm-products', 'sent ' || n, 'failed' FROM generate_series(1, 51) n", ORG);

        List<List<String>> pages = pages("/api/dead-letters/replays/" + replay, "failed", "zohoId", "after", () -> { });
        assertThat(pages).extracting(List::size).containsExactly(50, 50, 21);
        assertThat(pages.stream().flatMap(List::stream)).containsExactlyElementsOf(saddlebag.database().queryForList(
            "(SELECT zoho_id FROM webhook_events ORDER BY id) UNION ALL (SELECT 'sent ' || n FROM generate_series(1, 51) n)", String.class));
        Document first = browser.page("/dead-letters/replays/" + replay);
        assertThat(first.select("h2").text()).isEqualTo("What failed again: 121");
        Document last = browser.page(browser.page(first.select(".pages a:contains(Next page)").attr("href")).select(".pages a:contains(Next page)").attr("href"));
        assertThat(last.select("tbody tr")).hasSize(21);
        assertThat(last.select(".pages a:contains(First page)").attr("href")).isEqualTo("/dead-letters/replays/" + replay);
        assertThat(browser.get(last.select(".files a").attr("href")).body().lines().toList()).as("the header and all rows").hasSize(122).doesNotHaveDuplicates();
    }

    @Test
    void aHeldRunShowsEachRecordBeforeAndAfter() {
        Document page = browser.page("/runs/" + held);

        assertThat(page.select("#records tbody tr").first().text()).contains("key 1", "hold", "held", "Unit_Price", "1 → 1001", "too many").doesNotContain("same");
        assertThat(page.select("#records tbody tr").first().select("th a").attr("href")).startsWith("/push/crm-products?key=key%201");
    }

    @Test
    void recordsAndAttemptsOfATargetAreCountedByTheirIndexes() {
        saddlebag.database().execute("TRUNCATE push_log, push_state"); // new files, without dead rows
        update("INSERT INTO push_targets (org_id, target, state) VALUES (?, 'crm-products', 'off') ON CONFLICT DO NOTHING", ORG);
        update("INSERT INTO push_state (org_id, target, record_key, status, sent) SELECT ?, 'crm-products', 'key ' || n, CASE WHEN n % 1000 = 0 THEN 'failed' ELSE 'ok' END,"
            + " jsonb_build_object('Name', repeat('x', 500)) FROM generate_series(1, 30000) n", ORG);
        update("INSERT INTO push_log (org_id, target, record_key, at, action, outcome) SELECT ?, 'crm-products', 'key ' || n, now() - n * interval '1 minute', 'update', 'ok' FROM generate_series(1, 50000) n", ORG);
        saddlebag.database().execute("ANALYZE push_log");
        await().until(() -> { // a transaction of Saddlebag's own work may still see the rows before
            saddlebag.database().execute("VACUUM ANALYZE push_state");
            return saddlebag.count("pg_class WHERE relname = 'push_state' AND relallvisible = relpages") == 1;
        });

        assertThat(blocks("SELECT * FROM push_summary")).as("of about 3,000").isLessThan(900);
        JsonNode target = StreamSupport.stream(SaddlebagServer.json(saddlebag.call("GET", "/api/push?org=" + ORG)).get("targets").spliterator(), false)
            .filter(one -> one.get("target").asText().equals("crm-products")).findFirst().orElseThrow();
        assertThat(target.at("/counts/ok").asInt() + " " + target.at("/counts/failed").asInt() + " " + target.get("successShare").asInt()).isEqualTo("29970 30 1");
    }

    private String withIds(String address) {
        return address.replace("{held}", Long.toString(held)).replace("{full}", Long.toString(full));
    }

    @Test
    void whoStartedARunIsFoundByTheTimeOfItsStart() {
        update("INSERT INTO audit_log (at, who, role, action, org_id, outcome, details) SELECT now() - n * interval '30 s', 'admin', 'admin', 'export', ?, 'done', '{\"limit\": 7}' FROM generate_series(1, 100000) n", ORG);
        update("INSERT INTO sync_runs (org, entity, mode, trigger, status, started_at, finished_at) SELECT ?, 'bills', 'full', 'staff', 'failed', now() - n * interval '1 hour', now() FROM generate_series(1, 50) n", ORG);
        saddlebag.database().execute("ANALYZE audit_log");

        assertThat(blocks("SELECT (SELECT a.who FROM run_start_action(s) a) FROM sync_runs s WHERE s.entity = 'bills'")).as("of the table alone more than 1,500").isLessThan(600);
        saddlebag.database().execute("DELETE FROM sync_runs WHERE entity = 'bills'");
    }

    /** @return blocks that a statement reads */
    private long blocks(String sql) {
        String plan = String.join("\n", saddlebag.database().queryForList("EXPLAIN (ANALYZE, BUFFERS) " + sql, String.class));
        return Pattern.compile("(hit|read)=([0-9]+)").matcher(plan.lines().filter(line -> line.contains("Buffers:")).findFirst().orElseThrow())
            .results().mapToLong(found -> Long.parseLong(found.group(2))).sum();
    }

    /** @param meanwhile what happens after the first page. @return the keys of the rows on each page */
    private List<List<String>> pages(String address, String member, String key, String parameter, Runnable meanwhile) {
        List<List<String>> pages = new ArrayList<>();
        String place = "";
        do {
            JsonNode page = SaddlebagServer.json(saddlebag.call("GET", address + place));
            pages.add(StreamSupport.stream(page.get(member).spliterator(), false).map(row -> row.get(key).asText()).toList());
            place = page.get("next").isNull() ? null : (address.contains("?") ? "&" : "?") + parameter + "=" + URLEncoder.encode(page.get("next").asText(), StandardCharsets.UTF_8);
            if (pages.size() == 1) {
                meanwhile.run();
            }
        } while (place != null);
        return pages;
    }

    private void update(String sql, Object... values) {
        saddlebag.database().update(sql, values);
    }

    private String one(String sql) {
        return saddlebag.database().queryForObject(sql, String.class);
    }
}
