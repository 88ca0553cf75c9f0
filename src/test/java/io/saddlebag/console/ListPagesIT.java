package io.saddlebag.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.GuardedApp;
import io.saddlebag.testkit.SaddlebagServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What all pages with a list have in common: the list as a file, and the organisation that is kept. */
class ListPagesIT extends ConsoleCase {

    private static final String SECOND = "60000000009";

    private long pulled;
    private String record;
    private long run;
    private long plan;
    private long held;

    @BeforeAll
    void start() {
        saddlebag.send("POST", "/api/organisations", "{\"orgId\":\"" + SECOND + "\",\"name\":\"Second\",\"sameConnectionAs\":\"" + SaddlebagServer.ORG + "\"}");
        pulled = saddlebag.pull("price-lists", "full").get("id").asLong();
        saddlebag.call("POST", "/api/zoho/check");
        record = saddlebag.database().queryForObject("SELECT min(zoho_pricebook_id) FROM price_lists", String.class);
        saddlebag.database().update("INSERT INTO push_targets (org_id, target) VALUES (?, 'crm-products') ON CONFLICT DO NOTHING", SaddlebagServer.ORG);
        saddlebag.database().update("INSERT INTO push_state (org_id, target, record_key, zoho_id, status) VALUES (?, 'crm-products', 'of a price list', ?, 'ok')", SaddlebagServer.ORG, record);
        saddlebag.database().update("INSERT INTO sync_runs (org, entity, mode, trigger, status, seen, finished_at) SELECT o, 'items', 'full', 'timer', 'failed', 5, now()"
            + " FROM unnest(ARRAY[?, ?]) o", SaddlebagServer.ORG, SECOND);
        run = saddlebag.database().queryForObject("SELECT max(id) FROM sync_runs WHERE org = ?", Long.class, SECOND);
        saddlebag.database().update("INSERT INTO sync_deletes (run_id, zoho_id, requested_at, state) SELECT id, 'x' || id, now(), 'held' FROM sync_runs WHERE status = 'failed'");
        saddlebag.database().update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error) SELECT o, 'pull', 'items', '7', '{}', '=1+1 is no price' FROM unnest(ARRAY[?, ?]) o",
            SaddlebagServer.ORG, SECOND);
        saddlebag.database().update("INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, complete, payload, status, processed_at) SELECT o, 'e', 'e', 'items', 'updated', '7', true, '{}', 'done', clock_timestamp()"
            + " FROM unnest(ARRAY[?, ?]) o", SaddlebagServer.ORG, SECOND);
        saddlebag.database().update("INSERT INTO webhook_counts (org_id, entity, event, result, hour, count) VALUES (?, 'items', 'updated', 'accepted', date_trunc('hour', now()), 3)", SaddlebagServer.ORG);
        saddlebag.database().update("INSERT INTO webhook_counts (org_id, entity, event, result, hour, count) VALUES ('', 'items', 'updated', 'refused-signature', date_trunc('hour', now()), 2)");
        saddlebag.database().update("INSERT INTO alerts (key, org_id, state, text, mend) VALUES ('some-problem', ?, 'firing', 'Something is wrong',"
            + " '{\"label\": \"See the runs\", \"method\": \"GET\", \"address\": \"/runs\"}')", SaddlebagServer.ORG);
        saddlebag.database().update("INSERT INTO push_state (org_id, target, record_key, status) SELECT o, 'crm-products', 'key & more', 'failed' FROM unnest(ARRAY[?, ?]) o", SaddlebagServer.ORG, SECOND);
        saddlebag.database().update("INSERT INTO sync_watermarks (org, entity, watermark, run_id, records) SELECT r.org, r.entity, now(), r.id, 10 FROM sync_runs r WHERE r.status = 'failed' AND r.org = ?",
            SaddlebagServer.ORG);
        saddlebag.database().update("INSERT INTO data_quality (run_id, org_id, entity, measure, count, of) SELECT id, org, entity, 'without_sku', 1, 2 FROM sync_runs WHERE status = 'failed'");
        saddlebag.database().update("INSERT INTO letter_replays (org_id, request, found, replayed) SELECT o, '{\"source\": \"pull\"}', 3, 2 FROM unnest(ARRAY[?, ?]) o", SaddlebagServer.ORG, SECOND);
        saddlebag.database().update("INSERT INTO webhook_sightings (org_id, product, webhooks) SELECT o, 'Books', '[{\"name\": \"Saddlebag bill created\", \"state\": \"missing\"}]' FROM unnest(ARRAY[?, ?]) o",
            SaddlebagServer.ORG, SECOND);
        plan = saddlebag.database().queryForObject("INSERT INTO sync_runs (org, entity, mode, trigger, status, dry_run, updated, finished_at) VALUES (?, 'items', 'full', 'staff', 'succeeded', true, 1, now()) RETURNING id",
            Long.class, SaddlebagServer.ORG);
        saddlebag.database().update("INSERT INTO sync_reports (run_id, zoho_id, what, changes) VALUES (?, '7', 'updated', '{\"price\": {\"before\": 1, \"after\": 2}}')", plan);
        held = saddlebag.database().queryForObject("INSERT INTO sync_runs (org, entity, mode, trigger, status, held, finished_at) VALUES (?, 'crm-products', 'push', 'timer', 'partial', 1, now()) RETURNING id",
            Long.class, SECOND);
        saddlebag.database().update("INSERT INTO push_state (org_id, target, record_key, status, error_code, run_id, sent, trying) VALUES (?, 'crm-products', 'held', 'held', 'held', ?,"
            + " '{\"Unit_Price\": 1}', '{\"Unit_Price\": 2}')", SECOND, held);
        saddlebag.database().update("INSERT INTO push_log (org_id, target, record_key, run_id, action, outcome) SELECT o, 'crm-products', 'held', ?, 'hold', 'held' FROM unnest(ARRAY[?, ?]) o", held, SaddlebagServer.ORG, SECOND);
        saddlebag.database().update("INSERT INTO record_changes (org_id, entity, zoho_id, column_name, before, after, source) SELECT o, 'items', '7', 'name', '\"Rope\"', '\"Long rope\"', 'pull' FROM unnest(ARRAY[?, ?]) o",
            SaddlebagServer.ORG, SECOND);
        browser.page("/audit");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/runs?status=failed                                              | runs          | id,org,entity,mode         | /api/sync/runs?",
        "/runs/{plan}                                                     | records       | zohoId,recordKey,what      | /api/sync/runs/{plan}/report",
        "/runs/{held}                                                     | records       | recordKey,zohoId,status    | /api/push/runs/{held}/records",
        "/records?q=a                                                     | records       | entity,zohoId,label        | /api/records",
        "/dead-letters?source=pull                                        | groups        | source,entity,reason       | /api/dead-letters/groups",
        "/dead-letters                                                    | replays       | id,org,request             | /api/dead-letters/replays",
        "/dead-letters/replays                                            | replays       | id,org,request             | /api/dead-letters/replays",
        "/dead-letters/all?source=pull                                    | deadLetters   | id,org,source,entity       | /api/dead-letters?",
        "/dead-letters?source=pull&entity=items&reason=%3D1%2B1%20is%20no%20price | deadLetters | id,org,source,entity | /api/dead-letters?",
        "/deletes?entity=items                                            | runs          | runId,entity,status        | /api/deletes",
        "/deletes/{run}?state=held                                        | deletes       | zohoId,label,columns,state | /api/sync/runs/{run}/deletes",
        "/push                                                            | targets       | org,target,state           | /api/push",
        "/push/crm-products?status=failed                                 | rows          | recordKey,externalKey      | /api/push/crm-products",
        "/calls?purpose=pull                                              | calls         | id,at,purpose              | /api/calls?purpose=pull",
        "/quality                                                         | quality       | entity,measure,count       | /api/quality?",
        "/quality                                                         | history       | runId,at,of,counts         | /api/quality/items",
        "/quality/items                                                   | history       | runId,at,of,counts         | /api/quality/items",
        "/audit?action=login                                              | audit         | id,at,who                  | /api/audit",
        "/alerts?state=firing                                             | alerts        | key,org,state              | /api/alerts?",
        "/staff                                                           | staff         | name,role                  | /api/staff",
        "/system                                                          | tables        | table,bytes,rows           | /api/system?list=tables",
        "/system                                                          | replicas      | instance,version           | /api/system?list=replicas",
        "/system                                                          | routes        | id,state,description       | /api/system?list=routes",
        "/calls                                                           | hours         | hour,pull,webhook          | /api/calls/summary?list=hours",
        "/calls                                                           | answers       | status,calls,averageMs     | /api/calls/summary?list=answers",
        "/calls                                                           | slowest       | id,at,purpose,method       | /api/calls/summary?list=slowest",
        "/calls                                                           | runs          | runId,entity,mode,calls    | /api/calls/summary?list=runs",
        "/calls                                                           | single        | purpose,request,calls      | /api/calls/summary?list=single",
        "/                                                                | changes       | hour,created,updated       | /api/changes?hours=24",
        "/runs/{pulled}                                                   | timeline      | at,until,page,records      | /api/sync/runs/{pulled}/progress?list=timeline",
        "/runs/{pulled}                                                   | curve         | at,callsPerMinute          | /api/sync/runs/{pulled}/progress?list=curve",
        "/runs/{pulled}                                                   | calls         | id,at,method,path          | /api/sync/runs/{pulled}/progress?list=calls",
        "/records/price-lists/{record}                                    | pushed        | target,recordKey,zohoId    | /api/records/price-lists/{record}?list=pushed",
        "/connections/60000000001                                         | checks        | check,ok,detail            | /api/zoho/check?org=60000000001",
        "/webhooks?hours=72                                               | events        | entity,event,received      | /api/webhooks/statistics?hours=72&format",
        "/webhooks?hours=72                                               | unsigned      | entity,event,received      | /api/webhooks/statistics?hours=72&list=unsigned",
        "/webhooks?hours=72                                               | seconds       | entity,done,median         | /api/webhooks/statistics?hours=72&list=seconds",
        "/webhooks?hours=72                                               | kinds         | entity,found,missed,cells  | /api/webhooks/missed",
        "/webhooks                                                        | webhooks      | product,name,module        | /api/webhooks/seen",
        "/webhooks/events?status=done                                     | events        | id,eventId,entity          | /api/webhooks/events",
        "/records/items/7/changes                                          | changes       | id,at,column,before,after  | /api/records/items/7/changes",
        "/push/crm-products/log?keys=held                                  | log           | id,at,action,outcome       | /api/push/crm-products/-/log",
        "/connections                                                     | organisations | orgId,name,default         | /api/organisations"})
    void aListIsAFileWithTheFiltersOfItsPage(String address, String member, String columns, String list) {
        String here = withIds(address);
        List<String> links = browser.page(here).select(".files a[href^='/export" + withIds(list) + "']").eachAttr("href");
        assertThat(links).hasSize(2);
        for (String filter : here.replaceFirst("^[^?]*\\??", "").split("&")) {
            assertThat(links.get(0)).contains(filter);
        }

        HttpResponse<String> csv = browser.get(links.get(0));
        HttpResponse<String> lines = browser.get(links.get(1));
        JsonNode rows = SaddlebagServer.json(saddlebag.call("GET", links.get(0).replaceFirst("^/export", "").replaceFirst("[?&]format=csv", ""))).get(member);

        assertThat(csv.headers().firstValue("Content-Type").orElseThrow()).isEqualToIgnoringCase("text/csv;charset=UTF-8");
        assertThat(csv.headers().firstValue("Content-Disposition").orElseThrow()).startsWith("attachment; filename=\"").endsWith(".csv\"");
        assertThat(csv.body()).startsWith(columns);
        assertThat(csv.body().lines().skip(1).findFirst()).as("a row").isPresent();
        List<String> keys = new ArrayList<>();
        rows.get(0).fieldNames().forEachRemaining(keys::add);
        assertThat(csv.body().lines().findFirst().orElseThrow().split(",")).as("the columns are the keys of a row").containsAll(keys.stream().filter(key -> !key.equals("payload")).toList());
        assertThat(lines.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/x-ndjson");
        assertThat(lines.body().lines().findFirst()).hasValueSatisfying(line -> assertThat(line).startsWith("{").contains("\"" + columns.split(",")[0] + "\""));
    }

    @Test
    void theKindsOfAllOrganisationsAreOneFile() {
        String link = browser.page("/").select(".files a[href^=/export/api/overview]").attr("href");

        List<String> csv = browser.get(link).body().lines().toList();
        String lines = browser.get(link.replace("csv", "ndjson")).body();

        assertThat(csv.get(0)).startsWith("org,name,default,connected,entity,records,");
        assertThat(csv).anyMatch(row -> row.startsWith(SaddlebagServer.ORG + ",") && row.contains(",price-lists,")).anyMatch(row -> row.startsWith(SECOND + ",Second,false,true,items,"));
        assertThat(lines.lines()).hasSize(csv.size() - 1).allMatch(row -> row.startsWith("{\"org\":") && row.contains("\"entity\":") && !row.contains("kinds"));
        assertThat(browser.get(browser.page("/?org=" + SECOND).select(".files a[href^=/export/api/overview]").attr("href")).body().lines().skip(1)).isNotEmpty().allMatch(row -> row.startsWith(SECOND + ","));
    }

    /** Exempt are the form that starts runs, and the values of one record. */
    @ParameterizedTest
    @ValueSource(strings = {"/", "/runs", "/runs/{run}", "/runs/{pulled}", "/runs/{plan}", "/runs/{held}", "/records?q=a", "/records/price-lists/{record}", "/records/items/7/changes", "/webhooks", "/webhooks/events",
        "/dead-letters", "/dead-letters/all", "/dead-letters/replays", "/dead-letters?source=pull&entity=items&reason=%3D1%2B1%20is%20no%20price", "/deletes", "/deletes/{run}", "/push", "/push/crm-products",
        "/push/crm-products?key=held&org=60000000009", "/push/crm-products/log?keys=held", "/calls", "/connections", "/connections/60000000001", "/quality", "/quality/items", "/alerts", "/audit", "/system", "/staff"})
    void everyTableOfAPageHasAFile(String address) {
        Document page = browser.page(withIds(address));

        for (Element section : page.select("main > section:has(table)")) {
            int tables = section.select("table").size() - section.select("[aria-label=Kinds to start], [aria-label=Columns], [aria-label=Values]").size();
            assertThat(section.select(".files, a:contains(as a file)").size() + page.select("section[aria-label=File] .files").size()).as("files of %s", section.attr("aria-label") + section.id())
                .isGreaterThanOrEqualTo(tables);
        }
        for (String link : page.select(".files a[href*=format=csv]").eachAttr("href")) {
            HttpResponse<String> file = browser.get(link);
            assertThat(file.statusCode()).as(link).isEqualTo(200);
            assertThat(file.body().lines().findFirst()).as(link).hasValueSatisfying(columns -> assertThat(columns).matches("[A-Za-z0-9,]+"));
        }
    }

    @Test
    void aFileOfOneOfSeveralListsIsInTheAuditWithItsName() {
        HttpResponse<String> file = browser.get("/export/api/system?list=replicas&format=csv");
        HttpResponse<String> none = browser.get("/export/api/system?list=people&format=csv");

        assertThat(file.headers().firstValue("Content-Disposition")).hasValue("attachment; filename=\"system-replicas.csv\"");
        assertThat(none.statusCode()).isEqualTo(400);
        assertThat(none.body()).contains("list must be one of tables, replicas, routes");
        assertThat(saddlebag.count("audit_log WHERE action = 'export' AND object = 'system' AND details ->> 'list' = 'replicas'")).isPositive();
        assertThat(saddlebag.count("audit_log WHERE details ->> 'list' = 'people'")).isZero();
    }

    @Test
    void theFileOfRunsNamesMoreThanThePage() {
        saddlebag.database().update("WITH runs AS (INSERT INTO sync_runs (org, entity, mode, trigger, status, finished_at) SELECT ?, 'bills', 'full', 'timer', 'cancelled', now() FROM generate_series(1, 20) RETURNING id)"
            + " INSERT INTO zoho_calls (org_id, at, method, path, purpose, run_id, answered_at, status, released_at) SELECT ?, now(), 'GET', '/books/v3/bills', 'pull', id, now(), 200, now() + interval '1 minute' FROM runs",
            SaddlebagServer.ORG, SaddlebagServer.ORG);

        Document page = browser.page("/calls");

        assertThat(page.select("#what-for [aria-label=Calls of runs] tbody tr")).hasSize(11).last().extracting(Element::text).asString().startsWith("All other runs");
        assertThat(browser.get(page.select(".files a[href*=list=runs]").attr("href")).body().lines()).hasSizeGreaterThan(20);
        saddlebag.database().update("DELETE FROM zoho_calls WHERE run_id IN (SELECT id FROM sync_runs WHERE entity = 'bills')");
        saddlebag.database().update("DELETE FROM sync_runs WHERE entity = 'bills'");
    }

    @Test
    void aFileWithoutRowsHasItsColumns() {
        assertThat(browser.get("/export/api/sync/runs?status=abandoned&format=csv").body().lines()).singleElement().asString().startsWith("id,org,entity");
        assertThat(browser.get("/export/api/sync/runs?status=abandoned&format=ndjson").body()).isEmpty();
    }

    @Test
    void aFormulaIsAText() {
        assertThat(browser.get("/export/api/dead-letters?format=csv").body()).contains(",'=1+1 is no price,").doesNotContain(",=1+1");
    }

    @Test
    void norIsAFormulaInsideACell() {
        saddlebag.database().update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error) VALUES (?, 'pull', 'bills', '-5', '{}', ?)", SaddlebagServer.ORG,
            "a;=2+2;b\n @x\t\"+3;c-d;4");

        String file = browser.get("/export/api/dead-letters?entity=bills&format=csv").body();

        assertThat(file).contains("\"a;'=2+2;b\n '@x\t\"\"'+3;c-d;4\"").as("a number").contains(",-5,");
        saddlebag.database().update("DELETE FROM dead_letters WHERE entity = 'bills'");
    }

    @Test
    void aParameterThatCannotBeDecodedIsRefused() throws IOException {
        String answer = GuardedApp.raw(saddlebag.port(), "GET /export/api/sync/runs?format=csv&entity=%zz HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + SaddlebagServer.STAFF);

        assertThat(answer).startsWith("HTTP/1.1 400").contains("cannot be decoded");
    }

    @Test
    void aFileHasAllPagesOfItsListAndOneRowInTheAudit() {
        saddlebag.database().update("INSERT INTO sync_runs (org, entity, mode, trigger, status, finished_at) SELECT ?, 'bills', 'full', 'timer', 'cancelled', now() FROM generate_series(1, 2500)",
            SaddlebagServer.ORG);
        saddlebag.database().update("INSERT INTO push_state (org_id, target, record_key, status) SELECT ?, 'crm-products', 'a b/' || n, 'refused' FROM generate_series(1, 2500) n", SaddlebagServer.ORG);

        List<String> runs = browser.get("/export/api/sync/runs?entity=bills&format=csv").body().lines().toList();
        List<String> records = browser.get("/export/api/push/crm-products?status=refused&format=ndjson").body().lines().toList();

        assertThat(runs).hasSize(2501).doesNotHaveDuplicates();
        assertThat(records).hasSize(2500).doesNotHaveDuplicates();
        assertThat(saddlebag.count("audit_log WHERE action = 'export' AND object = 'sync/runs' AND details ->> 'entity' = 'bills'")).isEqualTo(1);
        Document first = browser.page("/runs?entity=bills");
        assertThat(first.select("#runs tbody tr")).hasSize(50);
        Document second = browser.page(first.select(".pages a:contains(Next)").attr("href"));
        assertThat(second.select("#runs tbody tr th").eachText()).hasSize(50).doesNotContainAnyElementsOf(first.select("#runs tbody tr th").eachText());
        assertThat(second.select("#running")).as("what is under way is on the first page").isEmpty();
        assertThat(second.select(".pages a:contains(First)").attr("href")).isEqualTo("/runs?entity=bills");
        saddlebag.database().update("DELETE FROM sync_runs WHERE entity = 'bills'");
        saddlebag.database().update("DELETE FROM push_state WHERE status = 'refused'");
    }

    @Test
    void runsUnderWayComeFirstWithHowFarTheyAre() {
        saddlebag.database().update("INSERT INTO sync_runs (org, entity, mode, trigger, status, seen, started_at, heartbeat_at, waiting_until, waiting_for)"
            + " VALUES (?, 'items', 'full', 'timer', 'running', 4, now() - interval '2 seconds', now() + interval '1 hour', now() + interval '1 minute', 'minute')", SaddlebagServer.ORG);

        Element way = browser.page("/runs").select("#running .under-way").first();

        assertThat(way.select("progress").attr("value")).isEqualTo("4");
        assertThat(way.select("progress").attr("max")).isEqualTo("10");
        assertThat(way.text()).contains("items, full").contains("4 of about 10 records").contains("a second, about").contains("waits until").contains("the calls of the next minute");
        assertThat(browser.page("/runs?status=failed").select("#running .under-way")).isEmpty();
        saddlebag.database().update("DELETE FROM sync_runs WHERE status = 'running'");
    }

    @Test
    void oneKindIsPlannedAndStartedFromTheList() {
        Element form = browser.page("/runs").select("form:has(button:contains(Plan price-lists))").first();

        String plan = browser.press(form, "mode", "full", "dryRun", "true");
        assertThat(plan).matches("/runs/[0-9]+");
        JsonNode planned = saddlebag.ended(Long.parseLong(plan.replaceAll(".*/", "")));
        JsonNode started = saddlebag.ended(Long.parseLong(browser.press(form).replaceAll(".*/", "")));

        assertThat(planned.get("dryRun").asBoolean()).isTrue();
        assertThat(planned.get("mode").asText()).isEqualTo("full");
        assertThat(started.get("dryRun").asBoolean()).isFalse();
        assertThat(started.get("mode").asText()).isEqualTo("incremental");
    }

    @Test
    void oneKindIsVerifiedFromTheList() {
        String verification = browser.press(browser.page("/runs").select("form:has(button:contains(Verify price-lists))").first());

        assertThat(saddlebag.ended(Long.parseLong(verification.replaceAll(".*/", ""))).get("mode").asText()).isEqualTo("verify");
    }

    @Test
    void theSlowestCallsOfTheDayComeFirst() {
        saddlebag.database().update("INSERT INTO zoho_calls (org_id, at, method, path, purpose, answered_at, status, ms, released_at)"
            + " SELECT ?, now(), 'GET', '/books/v3/slow/' || ms, 'check', now(), 200, ms, now() + interval '1 minute' FROM unnest(ARRAY[20000, 40000, 30000]) ms", SaddlebagServer.ORG);

        List<String> rows = browser.page("/calls").select("[aria-label=The slowest calls] tbody tr").eachText();

        assertThat(rows).hasSize(10);
        assertThat(rows.get(0)).contains("/slow/40000");
        assertThat(rows.get(1)).contains("/slow/30000");
        saddlebag.database().update("DELETE FROM zoho_calls WHERE path LIKE '%/slow/%'");
    }

    @ParameterizedTest
    @CsvSource({"/", "/runs", "/runs/{run}", "/records?q=a", "/dead-letters", "/dead-letters?source=pull&entity=items&reason=%3D1%2B1+is+no+price", "/dead-letters/{letter}",
        "/dead-letters/all", "/dead-letters/replays", "/runs/{held}", "/quality/items", "/deletes", "/deletes/{run}", "/push", "/push/crm-products", "/push/crm-products?key=key+%26+more", "/calls", "/quality", "/audit", "/alerts", "/staff", "/system", "/webhooks",
        "/webhooks/events", "/webhooks/events/{event}", "/webhooks/register", "/connections", "/connections/" + SECOND})
    void eachLinkAndButtonKeepsTheOrganisation(String address) {
        saddlebag.database().update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error) VALUES (?, 'pull', 'items', md5(?), '{}', '=1+1 is no price')", SECOND, address);
        String here = withIds(address).replace("{letter}", newest("dead_letters")).replace("{event}", newest("webhook_events"));
        Document page = browser.page(here + (here.contains("?") ? "&" : "?") + "org=" + SECOND);

        assertKept(page, here);
        if (address.contains("{")) {
            assertKept(browser.page(here), "the organisation that has " + here);
        }
        for (Element form : page.select("form[action^=/act/]:not(:has(button.danger:contains(Remove)))")) {
            for (Element button : form.select("button")) {
                HttpResponse<String> sent = button.hasAttr("name") ? browser.send(form, button.attr("name"), button.val()) : browser.send(form);
                if (sent.statusCode() != 302) { // the answer is the page, with what was told or typed
                    assertKept(Jsoup.parse(sent.body()), here + " after " + button.text());
                } else {
                    assertThat(sent.headers().firstValue("Location")).as("%s of %s, %s", button.text(), here, form).hasValueSatisfying(to -> assertThat(to).as(form.outerHtml()).matches("[^?&]*\\?(.*&)?org=" + SECOND + "(&.*)?"));
                }
            }
        }
    }

    private void assertKept(Document page, String where) {
        assertThat(page.select(".chooser option[selected]").val()).as(where).isEqualTo(SECOND);
        assertThat(page.select("nav a, main a[href^=/]:not([href^=/actuator]):not([href^=/oauth]):not([href^=/openapi]):not([href^=/export]):not([href^=/docs])").eachAttr("href")).as(where)
            .allMatch(link -> link.matches("[^?&]*\\?(.*&)?org=[0-9]+(&.*)?"));
        assertThat(page.select("nav a").eachAttr("href")).as(where).allMatch(link -> link.endsWith("?org=" + SECOND));
        assertThat(page.select("main form[method=get]")).as(where).allMatch(form -> form.select("[name=org]").val().equals(SECOND));
    }

    @Test
    void eachProcessIsShownWithItsVersionItsRoutesAndItsEdits() throws Exception {
        saddlebag.database().update("INSERT INTO timer_replicas (sched_name, instance, timers, version, stopped, refused)"
            + " SELECT sched_name, 'other', timers, '7.1', '{inbox-worker}', '{routes/pull/pages.camel.yaml:3: it is no route}' FROM timer_replicas");
        saddlebag.database().update("INSERT INTO qrtz_scheduler_state SELECT sched_name, 'other', extract(epoch FROM now()) * 1000, 3600000 FROM qrtz_scheduler_state");
        CamelContext camel = saddlebag.bean(CamelContext.class);
        camel.getRouteController().stopRoute("system-gauges");
        try {
            await().until(() -> saddlebag.count("timer_replicas WHERE stopped = '{system-gauges}'") == 1);
        } finally {
            camel.getRouteController().startRoute("system-gauges");
        }

        Document page = browser.page("/system");

        assertThat(page.select("#replicas tr:has(th:contains(other)) td").eachText()).contains("7.1", "inbox-worker", "routes/pull/pages.camel.yaml:3: it is no route");
        assertThat(page.select("#replicas tr:has(.status:contains(this one)) td").eachText()).contains("development", "system-gauges").anyMatch(text -> text.endsWith("ago"));
        saddlebag.database().update("DELETE FROM timer_replicas WHERE instance = 'other'");
        saddlebag.database().update("DELETE FROM qrtz_scheduler_state WHERE instance_name = 'other'");
        await("the next report").until(() -> saddlebag.count("timer_replicas WHERE stopped = '{}'") == 1);
    }

    @Test
    void aProblemOffersWhatMendsItOnTheOverviewAndAmongTheAlerts() {
        saddlebag.database().update("UPDATE alerts SET mend = '{\"label\": \"Sync now\", \"method\": \"POST\", \"address\": \"/api/sync/items\"}' WHERE key = 'some-problem'");

        assertThat(browser.page("/alerts").select("#problems form[action^=/act/api/sync/items] button").text()).isEqualTo("Sync now");
        assertThat(browser.page("/").select("#health .problems li")).isNotEmpty().allMatch(problem -> !problem.select("a.mend, button").isEmpty());
    }

    @Test
    void anotherOrganisationIsChosenOnThePageOfOneThing() {
        assertThat(browser.page("/runs/" + run).select(".chooser").attr("action")).isEqualTo("/runs");
        Element chooser = browser.page("/runs?status=failed&before=5").select(".chooser").first();
        assertThat(chooser.attr("action")).isEqualTo("/runs");
        assertThat(chooser.select("input[type=hidden]").eachAttr("name")).containsExactly("status");
    }

    @Test
    void theAnswerOfAButtonIsShownOnItsPageAndNotOnThatOfItsFields() {
        Element check = browser.page("/connections").select("section:has(small:contains(" + SECOND + ")) form:has(button:contains(Check))").first();

        Document told = browser.told(check);

        assertThat(told.select("#check-title").text()).contains(SECOND);
        assertThat(told.select(".chooser option[selected]")).as("the page was about all organisations").isEmpty();
    }

    private String withIds(String address) {
        return address.replace("{pulled}", Long.toString(pulled)).replace("{record}", record).replace("{run}", Long.toString(run)).replace("{plan}", Long.toString(plan)).replace("{held}", Long.toString(held));
    }

    private String newest(String table) {
        return saddlebag.database().queryForObject("SELECT max(id) FROM " + table + " WHERE org_id = ?", Long.class, SECOND).toString();
    }
}
