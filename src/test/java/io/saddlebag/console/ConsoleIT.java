package io.saddlebag.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.saddlebag.testkit.Browser;
import io.saddlebag.testkit.SaddlebagServer;
import java.net.http.HttpResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.select.Elements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people see and do on the pages of the console. */
class ConsoleIT extends ConsoleCase {

    @Test
    void theFirstPageShowsHealthAndEachKind() {
        saddlebag.pull("price-lists", "full");

        Document page = browser.page("/");

        assertThat(page.title()).isEqualTo("Overview – Saddlebag");
        assertThat(page.select("#health h2 .status").text()).isNotEmpty();
        assertThat(page.select("th[scope=row]").eachText()).contains("items", "contacts", "invoices", "bills");
        assertThat(page.select("tr:has(th:containsOwn(price-lists)) time.ago").first().text()).endsWith("ago");
        assertThat(page.select("figure[data-plot] tbody tr")).hasSize(24);
    }

    @Test
    void aButtonStartsARunAndLeadsToIt() {
        String form = browser.page("/").select("tr:has(th:containsOwn(categories)) form").attr("action");

        HttpResponse<String> sent = browser.post(form, Map.of("_csrf", browser.token(), "_page", "/runs/{runId}", "org", SaddlebagServer.ORG));

        assertThat(sent.statusCode()).isEqualTo(302);
        String run = sent.headers().firstValue("Location").orElseThrow();
        assertThat(run).matches(".*/runs/[0-9]+");
        saddlebag.ended(Long.parseLong(run.replaceAll(".*/", "")));
        Document page = browser.page(run.substring(run.indexOf("/runs")));
        assertThat(page.select(".said.good").text()).contains("has started");
        assertThat(page.select("#run .status").text()).isEqualTo("succeeded");
        assertThat(browser.page("/runs").select("#runs tbody tr").first().text()).contains("categories");
        Element who = page.select("#run dt:containsOwn(Started) + dd a").first();
        assertThat(who.text()).isEqualTo("admin");
        assertThat(browser.page(who.attr("href")).select("#audit tbody tr").eachText()).singleElement().asString().contains("run.start", "\"runId\":" + run.replaceAll(".*/", ""));
    }

    @Test
    void theForecastOfTheDayIsShownInTheZoneOfThePage() {
        saddlebag.database().update("UPDATE organisations SET calls_per_day = 1, day_resets_at = '2026-03-02T18:30:00.01Z'");
        saddlebag.database().update("INSERT INTO zoho_calls (org_id, at, released_at, method, path, purpose) VALUES (?, now() - interval '1 second', now(), 'GET', '/forecast', 'pull')", SaddlebagServer.ORG);

        Element forecast = browser.page("/").select("dt:containsOwn(Forecast) + dd").first();

        assertThat(forecast.select("time").eachAttr("datetime")).as(forecast.text()).singleElement().asString().endsWith("T18:30:00Z");
        saddlebag.database().update("DELETE FROM zoho_calls WHERE path = '/forecast'");
        saddlebag.database().update("UPDATE organisations SET calls_per_day = NULL, day_resets_at = NULL");
    }

    @Test
    void aRunThatUndoesAnotherSaysSo() {
        long undone = saddlebag.pull("categories", "full").get("id").asLong();
        long undo = saddlebag.database().queryForObject("INSERT INTO sync_runs (org, entity, mode, trigger, status, finished_at, request)"
            + " VALUES (?, 'crm-products', 'push', 'staff', 'succeeded', now(), jsonb_build_object('revert', ?)) RETURNING id", Long.class, SaddlebagServer.ORG, undone);

        Document page = browser.page("/runs/" + undo);

        assertThat(page.select("#run").text()).contains("undoes run " + undone);
        assertThat(page.select("#run a[href=/runs/" + undone + "]")).hasSize(1);
        assertThat(page.select("#run dt:containsOwn(Started) + dd").text()).as("without an action in the audit").endsWith("by a person");
    }

    @Test
    void thePlanOfAnUndoLeadsToTheUndo() {
        long undone = saddlebag.pull("categories", "full").get("id").asLong();

        Elements buttons = browser.page("/runs/" + plan("{\"revert\":" + undone + "}")).select("#next form:has(button)");

        assertThat(buttons.select("button").eachText()).contains("Undo as planned").doesNotContain("Push what this plan shows");
        assertThat(buttons.select("form:has(button:containsOwn(Undo as planned))").attr("action")).isEqualTo("/act/api/push/runs/" + undone + "/revert");
    }

    @Test
    void whatAPlanShowsIsPushedWithItsParameters() {
        String request = "{\"keys\":[\"a\",\"b\"],\"force\":true,\"limit\":3,\"columns\":{\"name\":\"Ulm & <Co>\"}}";
        long plan = plan(request);

        Element form = browser.page("/runs/" + plan).select("#next form:has(button:containsOwn(Push what this plan shows))").first();

        assertThat(form.attr("action")).isEqualTo("/act/api/push/crm-products");
        assertThat(form.select("input:not([name^=_])").stream().map(input -> input.attr("name") + "=" + input.val()))
            .containsExactlyInAnyOrder("keys=a,b", "force=true", "limit=3", "name=Ulm & <Co>", "org=" + SaddlebagServer.ORG);
        assertThat(browser.page("/runs/" + plan("{\"columns\":{\"brand\":\"\"}}")).select("#next").text())
            .contains("Send POST /api/push/crm-products with the same ones").doesNotContain("Push what this plan shows");

        saddlebag.send("POST", "/api/staff", "{\"name\":\"wanda\",\"role\":\"viewer\",\"password\":\"a long password\"}");
        assertThat(new Browser(saddlebag, "wanda", "a long password").get("/runs/" + plan("{\"columns\":{\"phone\":\"0711\"}}")).body()).doesNotContain("0711");
    }

    private long plan(String request) {
        return saddlebag.database().queryForObject("INSERT INTO sync_runs (org, entity, mode, trigger, status, dry_run, finished_at, request)"
            + " VALUES (?, 'crm-products', 'push', 'staff', 'succeeded', true, now(), CAST(? AS jsonb)) RETURNING id", Long.class, SaddlebagServer.ORG, request);
    }

    @Test
    void aRunShowsWhichRecordsItChanged() {
        saddlebag.pull("price-lists", "full");
        String id = saddlebag.database().queryForObject("SELECT max(zoho_pricebook_id) FROM price_lists WHERE deleted_at IS NULL", String.class);
        zoho.records("price-lists").change(id, JsonNodeFactory.instance.objectNode().put("name", "Changed by Zoho"), Set.of(), true);
        long run = saddlebag.pull("price-lists", "full").get("id").asLong();

        Document page = browser.page("/runs/" + run);

        assertThat(page.select("#changed tbody tr").eachText()).anyMatch(row -> row.startsWith(id + " Changed by Zoho updated") && row.contains("name:") && row.contains("→ Changed by Zoho"));
        assertThat(page.select("#changed tbody a").eachAttr("href")).anyMatch(link -> link.startsWith("/records/price-lists/" + id));
    }

    @Test
    void aRunShowsWhichRecordsItCreatedAndAPlanNone() {
        String id = zoho.records("price-lists").add(JsonNodeFactory.instance.objectNode().put("name", "Summer"));
        long plan = saddlebag.ended(SaddlebagServer.json(saddlebag.call("POST", "/api/sync/price-lists?mode=full&dryRun=true")).get("runId").asLong()).get("id").asLong();
        JsonNode run = saddlebag.pull("price-lists", "full");

        Document page = browser.page("/runs/" + run.get("id"));

        assertThat(page.select("#changed tbody tr:contains(created)")).hasSize(run.get("created").asInt()).isNotEmpty();
        assertThat(page.select("#changed tbody tr").eachText()).anyMatch(row -> row.startsWith(id + " Summer created"));
        assertThat(browser.page("/runs/" + plan).select("#changed")).isEmpty();
        assertThat(saddlebag.count("run_created WHERE run_id = " + plan)).isZero();
    }

    @Test
    void theListOfRunsNamesWhoStartedARun() {
        long byAPerson = saddlebag.pull("price-lists", "full").get("id").asLong();
        long byTheTimer = saddlebag.database().queryForObject("INSERT INTO sync_runs (org, entity, mode, trigger, status, finished_at) VALUES (?, 'price-lists', 'full', 'timer', 'succeeded', now()) RETURNING id",
            Long.class, SaddlebagServer.ORG);
        long unknown = saddlebag.database().queryForObject("INSERT INTO sync_runs (org, entity, mode, trigger, status, finished_at, started_at) VALUES (?, 'price-lists', 'full', 'staff', 'succeeded', now(), now() - interval '1 day') RETURNING id",
            Long.class, SaddlebagServer.ORG);

        Document page = browser.page("/runs");

        assertThat(page.select("#runs tr:has(a[href=/runs/" + byAPerson + "]) td").eachText()).contains("admin").doesNotContain("a person");
        assertThat(page.select("#runs tr:has(a[href=/runs/" + byTheTimer + "]) td").eachText()).contains("the timer");
        assertThat(page.select("#runs tr:has(a[href=/runs/" + unknown + "]) td").eachText()).contains("a person");
    }

    @Test
    void eachMeasureOfQualityLeadsToItsRecords() {
        String id = zoho.catalogue().add(JsonNodeFactory.instance.objectNode().put("name", "Owed lantern").put("stock_on_hand", -3));
        saddlebag.pull("items", "full");

        for (JsonNode measure : SaddlebagServer.json(saddlebag.call("GET", "/api/quality")).get("quality")) {
            String records = browser.get("/export/api/quality/items/" + measure.get("measure").asText() + "?format=csv").body();
            assertThat(records.lines().count() - 1).as(measure.get("measure").asText()).isEqualTo(measure.get("count").asLong());
        }
        Element link = browser.page("/quality").select("#now th a:containsOwn(negative stock)").first();
        assertThat(browser.page(link.attr("href")).select("#records tbody tr").eachText()).contains(id + " Owed lantern");
        assertThat(browser.get("/quality/bills/negative_stock").statusCode()).isEqualTo(404);
    }

    @Test
    void aSearchShowsTheSkuAndAViewerNoEmailAddress() {
        saddlebag.database().update("INSERT INTO products (org_id, zoho_item_id, name, sku) VALUES (?, '4242', 'Storm lantern', 'SL-7')", SaddlebagServer.ORG);
        saddlebag.database().update("INSERT INTO customers (org_id, zoho_contact_id, name, company_name, email) VALUES (?, '4243', 'Storm lantern', '', 'storm@example.com')", SaddlebagServer.ORG);
        saddlebag.send("POST", "/api/staff", "{\"name\":\"vincent\",\"role\":\"viewer\",\"password\":\"a long enough password\"}");

        assertThat(browser.page("/records?q=Storm+lantern").select("tbody tr").eachText()).containsExactlyInAnyOrder("Storm lantern items 4242 sku SL-7 name", "Storm lantern contacts 4243 email storm@example.com name");
        assertThat(new Browser(saddlebag, "vincent", "a long enough password").page("/records?q=Storm+lantern").select("tbody tr").text()).contains("SL-7").doesNotContain("storm@example.com");
    }

    @Test
    void tablesThatWereNeverAnalysedHaveTheirRows() {
        saddlebag.database().execute("CREATE TABLE counted (n int) WITH (autovacuum_enabled = off)");
        saddlebag.database().execute("CREATE TABLE uncounted (n int) WITH (autovacuum_enabled = off)");
        saddlebag.database().execute("CREATE TABLE unused (n int)");
        saddlebag.database().execute("INSERT INTO counted SELECT generate_series(1, 7); INSERT INTO uncounted SELECT generate_series(1, 7)");
        try {
            await().untilAsserted(() -> assertThat(saddlebag.count("table_sizes WHERE table_name = 'uncounted' AND rows = 7")).isOne());
            saddlebag.database().execute("SELECT pg_stat_reset_single_table_counters(CAST('uncounted' AS regclass))");
            await().untilAsserted(() -> {
                Document page = browser.page("/system");
                assertThat(page.select("#tables tr:has(th:matchesOwn(^counted$)) td").get(1).text()).isEqualTo("7");
                assertThat(page.select("#tables tr:has(th:matchesOwn(^uncounted$)) td").get(1).text()).isEqualTo("not counted yet");
                assertThat(page.select("#tables tr:has(th:matchesOwn(^unused$)) td").get(1).text()).isEqualTo("0");
            });
        } finally {
            saddlebag.database().execute("DROP TABLE counted, uncounted, unused");
        }
    }

    @Test
    void aPlanAndAVerificationSayThatThereIsNothingToDo() {
        saddlebag.pull("price-lists", "full");
        saddlebag.ended(SaddlebagServer.json(saddlebag.call("POST", "/api/verify/price-lists?repair=true")).get("runId").asLong());
        long plan = saddlebag.ended(SaddlebagServer.json(saddlebag.call("POST", "/api/sync/price-lists?mode=full&dryRun=true")).get("runId").asLong()).get("id").asLong();
        long verification = saddlebag.ended(SaddlebagServer.json(saddlebag.call("POST", "/api/verify/price-lists")).get("runId").asLong()).get("id").asLong();

        assertThat(browser.page("/runs/" + plan).select("#report").text()).contains("There is nothing to change.");
        assertThat(browser.page("/runs/" + verification).select("#report").text()).contains("Zoho and PostgreSQL agree.");
    }

    @Test
    void thePageOfCallsExplainsAllCallsOfTheDay() {
        saddlebag.pull("price-lists", "full");
        saddlebag.call("POST", "/api/sync/items/" + zoho.catalogue().add(JsonNodeFactory.instance.objectNode().put("name", "Called for alone")));

        await().untilAsserted(() -> assertThat(browser.page("/calls").select("#what-for tbody .number").eachText().stream().mapToLong(text -> Long.parseLong(text.replace(",", ""))).sum())
            .as("while details and pictures are fetched too").isEqualTo(saddlebag.count("zoho_calls WHERE released_at > at")));
        Document page = browser.page("/calls");
        assertThat(page.select("#what-for tbody tr").eachText()).anyMatch(row -> row.contains("GET") && row.contains("items/…") && row.contains("check"));
        assertThat(page.select("dt:containsOwn(Left today) + dd").text()).contains(" of 10,000");
    }

    @Test
    void aRunShowsItsCallsAndWhatComesNext() {
        long run = saddlebag.pull("price-lists", "full").get("id").asLong();

        Document page = browser.page("/runs/" + run);

        assertThat(page.select("dt:containsOwn(seen) + dd").text()).isEqualTo(saddlebag.run(run).get("seen").asText());
        assertThat(page.select("#calls tbody tr th[scope=row]")).isNotEmpty();
        assertThat(page.select("button:containsOwn(Verify)")).hasSize(1);
        saddlebag.database().update("DELETE FROM zoho_calls WHERE run_id = ? AND id > (SELECT min(id) FROM zoho_calls WHERE run_id = ?)", run, run);
        assertThat(browser.page("/runs/" + run).select("#calls summary").eachText()).contains("The newest call");
    }

    @Test
    void aRunKeepsItsPagesAndTheirPaceAfterItHasEnded() {
        JsonNode full = saddlebag.pull("items", "full");
        zoho.catalogue().change(saddlebag.database().queryForObject("SELECT max(zoho_item_id) FROM products WHERE deleted_at IS NULL", String.class),
            JsonNodeFactory.instance.objectNode().put("rate", 4711), Set.of(), true);
        JsonNode incremental = saddlebag.pull("items", "incremental");

        for (JsonNode run : List.of(full, incremental)) {
            JsonNode progress = SaddlebagServer.json(saddlebag.call("GET", "/api/sync/runs/" + run.get("id") + "/progress"));
            List<JsonNode> pages = new ArrayList<>();
            progress.get("timeline").forEach(step -> {
                if (!step.get("page").isNull()) {
                    pages.add(step);
                }
            });
            assertThat(pages).hasSize(run.get("pages").asInt());
            assertThat(pages.stream().mapToLong(page -> page.get("records").asLong()).sum()).isEqualTo(run.get("seen").asLong()).isPositive();
            assertThat(progress.get("curve").findValues("recordsPerSecond")).anyMatch(pace -> pace.asDouble() > 0);
            Document page = browser.page("/runs/" + run.get("id"));
            assertThat(page.select("#timeline figure[data-plot=timeline] tbody tr td:contains(page)")).hasSize(pages.size());
            assertThat(page.select("#calls figure[data-plot=lines] tbody tr")).hasSameSizeAs(progress.get("curve"));
            assertThat(progress.get("curve").findValues("callsPerMinute")).as("no more than were made").allMatch(calls -> calls.asDouble() <= run.get("calls").asInt())
                .anyMatch(calls -> calls.asDouble() > 0);
        }
    }

    @Test
    void aRunShowsWhatItWaitsFor() {
        saddlebag.database().update("UPDATE organisations SET blocked_until = now() + interval '1 hour', blocked_for = 'day'");
        long run = SaddlebagServer.json(saddlebag.call("POST", "/api/sync/categories")).get("runId").asLong();
        await().until(() -> saddlebag.count("sync_runs WHERE waiting_for = 'day' AND id = " + run) == 1);

        assertThat(browser.page("/runs/" + run).select("#timeline tbody tr td").eachText()).contains("wait", "the calls of the next day");
        assertThat(browser.page("/runs/" + run).select("#calls").text()).contains("This run has made no call yet: it waits for the calls of the next day.");

        saddlebag.call("POST", "/api/sync/runs/" + run + "/cancel");
        saddlebag.database().update("UPDATE organisations SET blocked_until = NULL");
        JsonNode timeline = SaddlebagServer.json(saddlebag.call("GET", "/api/sync/runs/" + run + "/progress")).get("timeline");
        assertThat(timeline).hasSize(1);
        assertThat(OffsetDateTime.parse(timeline.get(0).get("until").asText())).as("the wait ends with its run")
            .isEqualTo(OffsetDateTime.parse(saddlebag.run(run).get("finishedAt").asText()));
    }

    @Test
    void theDocumentationIsTextForABrowserWithoutALogin() {
        HttpResponse<String> page = saddlebag.call("GET", "/docs/reference/settings.md", null);

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type").orElseThrow()).isEqualToIgnoringCase("text/plain;charset=UTF-8");
        assertThat(page.body()).contains("SADDLEBAG_PUBLIC_URL");
        assertThat(saddlebag.call("GET", "/docs/..%2fapplication.yaml", null).statusCode()).isGreaterThanOrEqualTo(400);
        assertThat(saddlebag.call("GET", "/docs/nothing.md", null).statusCode()).isEqualTo(404);
    }

    @Test
    void aPlanIsAppliedFromItsPage() {
        saddlebag.pull("price-lists", "full");
        saddlebag.database().update("UPDATE price_lists SET name = 'other' WHERE zoho_pricebook_id = (SELECT min(zoho_pricebook_id) FROM price_lists)");
        long verification = saddlebag.ended(SaddlebagServer.json(saddlebag.call("POST", "/api/verify/price-lists")).get("runId").asLong()).get("id").asLong();

        Document page = browser.page("/runs/" + verification);

        assertThat(page.select("#report tbody tr").text()).contains("differing", "name:", "other");
        assertThat(page.select("button[name=repair]")).hasSize(1);
    }

    @Test
    void aPlanOfARemapIsAppliedFromItsPage() {
        saddlebag.pull("price-lists", "full");
        saddlebag.database().update("UPDATE price_lists SET name = 'other' WHERE zoho_pricebook_id = (SELECT min(zoho_pricebook_id) FROM price_lists)");
        long plan = saddlebag.ended(SaddlebagServer.json(saddlebag.call("POST", "/api/sync/price-lists/remap?dryRun=true")).get("runId").asLong()).get("id").asLong();

        String run = browser.press(browser.page("/runs/" + plan).select("#next form:has(button:contains(Apply this plan))").first());

        assertThat(run).matches("/runs/[0-9]+");
        assertThat(saddlebag.ended(Long.parseLong(run.substring(6))).get("mode").asText()).isEqualTo("remap");
        assertThat(saddlebag.count("price_lists WHERE name = 'other'")).isZero();
        assertThat(browser.page(run).select("#next button:contains(Apply this plan)")).isEmpty();
    }

    @Test
    void aFieldOfThePageIsNoParameterInTheAudit() {
        saddlebag.database().update("INSERT INTO alerts (key, org_id, state, text) VALUES ('a.b', ?, 'firing', 'x')", SaddlebagServer.ORG);
        Document page = browser.page("/alerts?org=" + SaddlebagServer.ORG);
        Element form = page.select("form[action*=a.b]").first();
        assertThat(form.attr("action")).contains("_org=");

        browser.press(form);

        assertThat(saddlebag.database().queryForObject("SELECT CAST(details AS text) FROM audit_log WHERE action = 'alert.mute' AND object = 'a.b'", String.class)).contains("until").doesNotContain("_org");
        HttpResponse<String> started = saddlebag.call("POST", "/api/sync/items?_org=1&mode=full");
        assertThat(started.statusCode()).isEqualTo(202);
        assertThat(saddlebag.count("audit_log WHERE details ? '_org'")).isZero();
        saddlebag.ended(SaddlebagServer.json(started).get("runId").asLong());
    }

    @Test
    void aRecordIsFoundAndShowsItsChanges() {
        saddlebag.pull("price-lists", "full");
        String id = saddlebag.database().queryForObject("SELECT max(zoho_pricebook_id) FROM price_lists", String.class);
        String name = saddlebag.database().queryForObject("SELECT name FROM price_lists WHERE zoho_pricebook_id = ?", String.class, id);
        saddlebag.database().update("UPDATE price_lists SET percentage = 77 WHERE zoho_pricebook_id = ?", id);

        Document found = browser.page("/records?q=" + URLEncoder.encode(name.substring(1).toUpperCase(Locale.ROOT), StandardCharsets.UTF_8));
        assertThat(found.select("tbody a").eachAttr("href")).contains("/records/price-lists/" + id);
        assertThat(browser.page("/records?q=" + id).select("tbody tr").first().text()).contains(name, "id");

        Document record = browser.page("/records/price-lists/" + id);
        assertThat(record.select("section[aria-labelledby=changes-title] tbody tr").first().text()).contains("percentage", "77", "sql");
        assertThat(record.select("section[aria-labelledby=source-title] pre").text()).contains(id);
    }

    @Test
    void aDeletedRecordIsRestored() {
        saddlebag.pull("price-lists", "full");
        String id = saddlebag.database().queryForObject("SELECT min(zoho_pricebook_id) FROM price_lists", String.class);
        saddlebag.database().update("UPDATE price_lists SET deleted_at = now() WHERE zoho_pricebook_id = ?", id);
        Element button = browser.page("/records/price-lists/" + id).select("form:has(button:containsOwn(Restore))").first();

        browser.press(button);

        assertThat(saddlebag.count("price_lists WHERE deleted_at IS NOT NULL")).isZero();
        assertThat(browser.page("/records/price-lists/" + id).select(".said.good").text()).isEqualTo("The deletion mark is gone");
        assertThat(browser.press(button)).endsWith("/records/price-lists/" + id);
        assertThat(browser.page("/records/price-lists/" + id).select(".said.bad").text()).contains("no deletion mark");
    }

    @Test
    void aRecordThatIsNotThereIsFetchedFromItsPage() {
        HttpResponse<String> answer = browser.get("/records/price-lists/1234");

        assertThat(Jsoup.parse(answer.body()).select(".said.bad").text()).contains("There is no record 1234");
        assertThat(Jsoup.parse(answer.body()).select("button").eachText()).contains("Fetch now");
    }

    @Test
    void aTargetIsPlannedSwitchedOnAndSendsARecord() {
        saddlebag.database().update("INSERT INTO products (org_id, name, sku, price, made_here) VALUES (?, 'Lamp', 'own-1', 12.5, true) ON CONFLICT DO NOTHING", SaddlebagServer.ORG);
        Element row = browser.page("/push").select("#targets tr:has(th:containsOwn(crm-products)), #targets tr:has(a:containsOwn(crm-products))").first();
        assertThat(row.select("button:contains(Switch on)").attr("title")).startsWith("Make a plan first");
        assertThat(row.select("button:contains(Switch on)").hasAttr("disabled")).isTrue();
        assertThat(browser.page("/push/crm-products").select("#target button:contains(Plan)")).hasSize(1);
        Element plan = row.select("form[action$=/act/api/push/crm-products]").first();

        String planned = browser.press(plan, "dryRun", "true");

        long id = Long.parseLong(planned.replaceAll(".*/", ""));
        assertThat(saddlebag.ended(id).get("status").asText()).isEqualTo("succeeded");
        Document shown = browser.page("/runs/" + id);
        assertThat(shown.select("#report").text()).contains("own-1").contains("Cost:");
        browser.press(shown.select("form:has(button:containsOwn(Switch the target on))").first());
        assertThat(browser.page("/runs/" + id).select(".said.good").text()).isEqualTo("crm-products is on");
        String sent = browser.press(shown.select("form:has(button:containsOwn(Push what this plan shows))").first());
        saddlebag.ended(Long.parseLong(sent.replaceAll(".*/", "")));
        assertThat(browser.page("/push/crm-products?status=ok").select("section[aria-label=Records] tbody th").eachText()).isNotEmpty();
        String key = browser.page("/push/crm-products?status=ok").select("section[aria-label=Records] tbody th a").first().text();
        JsonNode steps = SaddlebagServer.json(saddlebag.call("GET", "/api/sync/runs/" + sent.replaceAll(".*/", "") + "/progress")).get("timeline");
        assertThat(steps).isNotEmpty();
        assertThat(steps.get(0).get("records").asInt()).as("that Zoho confirmed").isPositive();
        assertThat(browser.page("/push/crm-products?key=" + key).select("section[aria-labelledby=log-title] tbody tr").text()).contains("create", "ok");
    }

    @Test
    void aUserIsMadeAndSeesWhatTheRoleAllows() {
        Element form = browser.page("/staff").select("section[aria-labelledby=new-title] form").first();
        browser.press(form, "body.name", "lisa", "body.role", "viewer", "body.password", "a long password");
        assertThat(browser.page("/staff").select("tbody th").eachText()).contains("lisa");

        Browser lisa = new Browser(saddlebag, "lisa", "a long password");

        Document overview = Jsoup.parse(lisa.get("/").body());
        assertThat(overview.select("button:containsOwn(Sync)")).isNotEmpty()
            .allMatch(button -> button.hasAttr("disabled") && button.attr("title").equals("This needs the role operator"));
        assertThat(overview.select("nav a").eachText()).contains("Runs").doesNotContain("Staff");
        assertThat(lisa.get("/staff").statusCode()).isEqualTo(403);
        assertThat(lisa.post("/act/api/sync/items", Map.of("_csrf", lisa.token(), "_page", "/")).statusCode()).isEqualTo(403);
    }

    @Test
    void everyRoleFindsTheOwnPasswordAtItsName() {
        browser.press(browser.page("/staff").select("section[aria-labelledby=new-title] form").first(), "body.name", "vera", "body.role", "viewer", "body.password", "a long password");
        Browser vera = new Browser(saddlebag, "vera", "a long password");
        assertThat(Jsoup.parse(vera.get("/").body()).select("form.who a[href=/password]").text()).isEqualTo("vera");
        Element form = Jsoup.parse(vera.get("/password").body()).select("main form").first();
        assertThat(form.select("input[type=password]").eachAttr("name")).containsExactly("body.oldPassword", "body.password");

        assertThat(changed(vera, form, "a wrong password").select(".said.bad").text()).contains("Old password: is wrong");
        assertThat(changed(vera, form, "a wrong password").select("input[aria-invalid]").eachAttr("name")).containsExactly("body.oldPassword");
        assertThat(changed(vera, form, "a long password").select(".said.good").text()).contains("Your password is changed");
        assertThat(new Browser(saddlebag, "vera", "another long password").get("/").statusCode()).isEqualTo(200);
        assertThat(browser.page("/password").select("main form")).as("of admin").isEmpty();
        assertThat(browser.page("/password").select("main").text()).contains("SADDLEBAG_ADMIN_PASSWORD");
    }

    private static Document changed(Browser browser, Element form, String old) {
        return browser.page(browser.press(form, "_csrf", browser.token(), "body.oldPassword", old, "body.password", "another long password"));
    }

    @Test
    void aRefusedUserKeepsItsName() {
        Element form = browser.page("/staff").select("section[aria-labelledby=new-title] form").first();

        Document page = Jsoup.parse(browser.send(form, "body.name", "karl", "body.role", "operator", "body.password", "short").body());

        Element again = page.select("section[aria-labelledby=new-title] form").first();
        assertThat(page.select("main > .said.bad").text()).startsWith("Password: ");
        assertThat(again.select("input[name=body.name]").val()).isEqualTo("karl");
        assertThat(again.select("option[selected]").text()).isEqualTo("operator");
        assertThat(again.select("input[type=password]").val()).isEmpty();
    }

    @Test
    void aFormOfALostSessionLeadsToTheLoginAndBackToItsPage() {
        Browser lost = new Browser(saddlebag);
        Element form = lost.page("/staff?org=" + SaddlebagServer.ORG).select("section[aria-labelledby=new-title] form").first();
        lost.post("/logout", Map.of("_csrf", lost.token())); // in another tab

        String login = lost.press(form, "body.name", "late", "body.password", "a long password");

        assertThat(login).isEqualTo("/login?unsent");
        assertThat(Jsoup.parse(lost.get(login).body()).select(".said.bad").text()).contains("Log in and send the form again");
        HttpResponse<String> in = lost.post("/login", Map.of("username", "admin", "password", "staff-password", "_csrf", lost.token()));
        assertThat(in.headers().firstValue("Location").orElseThrow()).endsWith("/staff?org=" + SaddlebagServer.ORG);
        assertThat(saddlebag.count("staff WHERE name = 'late'")).isZero();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
        /runs/0,                       404, There is no run 0
        /dead-letters/0,               404, There is no dead letter 0
        /records/banana/1,             404, There is no kind "banana"; there are bills
        /?org=1,                       404, There is no organisation 1
        /connections?org=zzz,          404, zzz
        /alerts?state=nope,            400, state must be
        /export/api/audit?format=xml,  400, format must be csv or ndjson
        """)
    void aWrongAddressIsSaidWithItsStatus(String address, int status, String said) {
        HttpResponse<String> answer = browser.get(address);

        assertThat(answer.statusCode()).isEqualTo(status);
        Document page = Jsoup.parse(answer.body());
        assertThat(page.select(".said.bad").text()).contains(said);
        assertThat(page.select("main").text()).doesNotContain("Nobody is told");
        assertThat(page.select("button:contains(Fetch now)")).isEmpty();
    }

    @Test
    void aPageIsFoundWithASlashAtItsEnd() {
        Document page = browser.page("/runs/?status=failed");

        assertThat(page.select("h1").text()).isEqualTo("Runs");
        assertThat(page.select("select[name=status] option[selected]").text()).isEqualTo("failed");
    }

    @Test
    void theAuditIsAFileForSpreadsheets() {
        browser.get("/export/api/audit?format=ndjson"); // which is in the audit

        HttpResponse<String> csv = browser.get("/export/api/audit?format=csv");

        assertThat(csv.headers().firstValue("Content-Disposition").orElseThrow()).contains("audit.csv");
        assertThat(csv.body()).startsWith("id,at,who,role,address,action");
    }

    @Test
    void aRefusedCallIsSaidOnThePage() {
        HttpResponse<String> sent = browser.post("/act/api/sync/nothing", Map.of("_csrf", browser.token(), "_page", "/runs"));

        assertThat(sent.headers().firstValue("Location").orElseThrow()).endsWith("/runs");
        assertThat(browser.page("/runs").select(".said.bad").text()).contains("There is no kind \"nothing\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CamelSqlQuery", "camelsqlquery", "CamelBeanMethodName"})
    void aParameterCommandsNoComponent(String header) {
        String sql = "=INSERT+INTO+staff+(name,role,password,created_by)+VALUES+('eve','admin','x','eve')+RETURNING+name";

        assertThat(saddlebag.call("GET", "/export/api/zoho/health?format=csv&" + header + sql, null).statusCode()).isEqualTo(401);
        assertThat(browser.get("/export/api/overview?format=csv&" + header + sql).body()).startsWith("org,name,");
        browser.get("/runs/1%3F" + header + sql);
        browser.get("/dead-letters/1%3F" + header + sql);
        browser.post("/act/api/zoho/check", Map.of("_csrf", browser.token(), "_page", "/", header, sql.substring(1).replace('+', ' ')));

        assertThat(saddlebag.count("staff WHERE name = 'eve'")).isZero();
    }

    @Test
    void aFormWithoutTheTokenOfItsPageIsRefused() {
        assertThat(browser.post("/act/api/sync/items", Map.of("_page", "/")).statusCode()).isEqualTo(403);
    }

    @Test
    void aRedirectStaysOnThisServer() {
        HttpResponse<String> sent = browser.post("/act/api/sync/nothing", Map.of("_csrf", browser.token(), "_page", "//elsewhere.example/"));

        assertThat(sent.headers().firstValue("Location").orElseThrow()).isEqualTo("/");
    }

    @Test
    void aProgramGetsNoPage() {
        assertThat(saddlebag.call("GET", "/").statusCode()).isEqualTo(404);
        assertThat(saddlebag.call("GET", "/runs").headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(saddlebag.call("GET", "/runs", null).statusCode()).isEqualTo(401);
    }

    @Test
    void aBrowserSeesAPageWhereThereIsNothing() {
        HttpResponse<String> answer = browser.get("/nowhere");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(Jsoup.parse(answer.body()).select(".said.bad").text()).startsWith("There is nothing at this address");
    }

    @Test
    void aPartOfAPageIsRenewedWithoutAskingForHtml() {
        assertThat(browser.get("/runs", "HX-Request", "true", "Accept", "*/*").body()).contains("id=\"runs\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/",
        "/runs",
        "/runs/1",
        "/records",
        "/records?q=a",
        "/dead-letters",
        "/dead-letters?source=pull&entity=items&reason=none",
        "/dead-letters/1",
        "/dead-letters/replays/1",
        "/push",
        "/push/crm-products",
        "/push/crm-products?key=1",
        "/calls",
        "/calls?only=slow",
        "/quality",
        "/audit",
        "/alerts",
        "/staff",
        "/password",
        "/system",
        "/webhooks",
        "/webhooks/events",
        "/webhooks/events/1",
        "/webhooks/register",
        "/deletes",
        "/deletes/1",
        "/connections",
        "/connections/" + SaddlebagServer.ORG
    })
    void everyPageLoadsNothingFromElsewhereAndHoldsNoInlineCode(String address) {
        HttpResponse<String> answer = browser.get(address);

        assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow()).startsWith("default-src 'none'; script-src 'self'; style-src 'self';");
        Document page = Jsoup.parse(answer.body());
        assertThat(page.select("script:not([src]), style, [style], [onclick]")).isEmpty();
        assertThat(page.select("h1")).hasSize(1);
        assertThat(page.select("input:not([type=hidden]), select, textarea")).as("fields have a label").allMatch(field -> field.closest("label") != null
            || field.hasAttr("aria-label"));
        assertThat(page.select("table th:not([scope])")).as("heads of tables without scope").isEmpty();
        page.select("script[src], link[rel=stylesheet]").forEach(asset -> {
            String file = asset.hasAttr("src") ? asset.attr("src") : asset.attr("href");
            assertThat(saddlebag.call("GET", file, null).statusCode()).as(file).isEqualTo(200);
        });
    }
}
