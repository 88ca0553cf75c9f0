package io.saddlebag.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.saddlebag.testkit.Browser;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.webhook.WebhookCase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A person finds out why records were refused, corrects the cause, and has them processed again. */
@Tag("sql")
class LetterPagesIT extends WebhookCase {

    private Browser browser;

    @BeforeEach
    void login() {
        browser = new Browser(saddlebag());
    }

    @Test
    void lettersOfOneCauseAreOneGroup() {
        for (String rate : List.of("poison", "venom", "10.5 or 11")) {
            refused(rate);
        }
        String other = ZOHO.records("invoices").add(JsonNodeFactory.instance.objectNode().put("invoice_number", "INV-9").put("total", "much"));
        saddlebag().call("POST", "/api/sync/invoices/" + other);

        Document groups = browser.page("/dead-letters");
        assertThat(groups.select("#groups tbody tr")).hasSize(2);
        Element group = groups.select("#groups tr:contains(items)").first();
        assertThat(group.text()).contains("…", "pull").doesNotContain("poison", "venom");
        assertThat(group.select(".number").text()).isEqualTo("3");

        Document letters = browser.page(group.select("th a").attr("href"));
        assertThat(letters.select("#letters tbody tr")).hasSize(3);
        assertThat(letters.select("#letters td").eachText()).anyMatch(cell -> cell.contains("venom"));

        Document letter = browser.page(letters.select("#letters tr:contains(venom) th a").attr("href"));
        assertThat(letter.select("pre").text()).contains("\"rate\" : \"venom\"");
        browser.press(letter.select("form:has(button:contains(Forget))").first());
        assertThat(browser.page("/dead-letters").select(".said.good").text()).isEqualTo("The letter is forgotten");
        assertThat(browser.page("/dead-letters").select("#groups tr:contains(items) .number").text()).isEqualTo("2");
        assertThat(browser.page("/dead-letters?entity=invoices").select("#groups tbody tr")).hasSize(1);
    }

    @Test
    void aReasonMayAskAQuestion() {
        saddlebag().database().update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error) VALUES (?, 'pull', 'items', '7', '{}', 'Is it true?Yes=no & yes')", SaddlebagServer.ORG);

        Document letters = browser.page(browser.page("/dead-letters").select("#groups tr:contains(Is it) th a").attr("href"));

        assertThat(letters.select("#letters tbody tr")).hasSize(1);
    }

    @Test
    void aRecordSaysThatAReplayChangedItAndWhoReplayed() {
        String id = ZOHO.catalogue().add(JsonNodeFactory.instance.objectNode().put("name", "Changed by a replay").put("rate", 1));
        saddlebag().call("POST", "/api/sync/items/" + id);
        ZOHO.catalogue().change(id, JsonNodeFactory.instance.objectNode().put("rate", "poison"), Set.of(), true);
        assertThat(saddlebag().call("POST", "/api/sync/items/" + id).statusCode()).isEqualTo(422);
        ZOHO.catalogue().change(id, JsonNodeFactory.instance.objectNode().put("rate", 2), Set.of(), true);
        Document group = browser.page(browser.page("/dead-letters").select("#groups th a").attr("href"));

        browser.press(group.select("form:has(button:contains(Replay all))").first());
        settled();

        Document record = browser.page("/records/items/" + id);
        assertThat(record.select("#changes tbody tr").eachText()).isNotEmpty().allMatch(row -> row.matches(".* replay of dead letter [0-9]+ by admin, call .*"));
        assertThat(record.select("#webhooks tbody tr")).as("no webhook came").isEmpty();
    }

    @Test
    void aReplayOfAllShowsItsProgressAndWhatFailedAgain() {
        List<String> ids = List.of(refused("poison"), refused("venom"), refused("acid"));
        ZOHO.catalogue().change(ids.get(0), JsonNodeFactory.instance.objectNode().put("rate", 1), Set.of(), true);
        ZOHO.catalogue().change(ids.get(2), JsonNodeFactory.instance.objectNode().put("rate", 3), Set.of(), true);
        Document group = browser.page(browser.page("/dead-letters").select("#groups th a").attr("href"));

        String replay = browser.press(group.select("form:has(button:contains(Replay all))").first());
        assertThat(replay).matches("/dead-letters/replays/[0-9]+");
        settled();

        Document progress = browser.page(replay);
        assertThat(facts(progress)).containsEntry("Letters", "3").containsEntry("Waiting", "0").containsEntry("Done", "2").containsEntry("Failed again", "1");
        assertThat(progress.select("progress").attr("value")).isEqualTo("3");
        assertThat(progress.select("tbody tr")).hasSize(1);
        assertThat(progress.select("tbody tr").text()).contains(ids.get(1), "venom");
        assertThat(browser.page("/dead-letters").select("#replays tbody tr").first().text()).contains("items pull");

        Document failed = browser.page(browser.page("/dead-letters").select("#groups th a").attr("href"));
        ZOHO.catalogue().change(ids.get(1), JsonNodeFactory.instance.objectNode().put("rate", 2), Set.of(), true);
        String second = browser.press(failed.select("form:has(button:contains(Replay all))").first());
        settled();
        assertThat(facts(browser.page(second))).containsEntry("Done", "1").containsEntry("Failed again", "0");
        assertThat(facts(browser.page(replay))).as("what became of the first replay stays").containsEntry("Done", "2").containsEntry("Failed again", "1");
        assertThat(browser.page("/dead-letters").select("#groups p").text()).contains("No dead letter is open");
    }

    @Test
    void allOfAReasonAreForgottenAndNoOthers() {
        refused("poison");
        refused("venom");
        saddlebag().database().update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error) VALUES (?, 'pull', 'items', '1', '{', 'Some other {cause} & more')",
            SaddlebagServer.ORG);
        Document group = browser.page(browser.page("/dead-letters").select("#groups tr:not(:contains(other)) th a").attr("href"));

        String forget = browser.press(group.select("form:has(button.danger)").first());

        assertThat(forget).matches("/dead-letters/replays/[0-9]+");
        assertThat(browser.page(forget).select("main > .said.good").text()).isEqualTo("Letters to forget: 2");
        await().untilAsserted(() -> assertThat(facts(browser.page(forget))).containsEntry("Letters", "2").containsEntry("Waiting", "0").containsEntry("Forgotten", "2").containsKey("Ended"));
        assertThat(browser.page(forget).select("#replay .said.good").text()).isEqualTo("All letters are forgotten.");
        assertThat(browser.page(forget).select("h1").text()).startsWith("Forget ");
        assertThat(browser.page("/dead-letters").select("#replays tbody tr").first().text()).contains("forget", "items pull");
        assertThat(saddlebag().count("audit_log WHERE action = 'dead-letter.delete' AND details -> 'answer' ->> 'found' = '2'")).isPositive();
        assertThat(browser.page("/dead-letters").select("#groups tbody th").eachText()).containsExactly("Some other {cause} & more");
        Document other = browser.page(browser.page("/dead-letters").select("#groups th a").attr("href"));
        assertThat(other.select("#letters tbody tr")).hasSize(1);
        browser.press(other.select("form:has(button.danger)").first());
        await().until(() -> saddlebag().count("dead_letters") == 0);
    }

    @Test
    void aHundredThousandLettersAreForgottenInBatchesAndTheOthersStay() {
        letters(100_000);
        saddlebag().database().update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error) VALUES (?, 'pull', 'items', 'other', '{}', 'no price')", SaddlebagServer.ORG);

        JsonNode begun = SaddlebagServer.json(saddlebag().call("DELETE", "/api/dead-letters?source=pull&entity=items&reason=no%20name"));

        assertThat(begun.get("found").asInt()).isEqualTo(100_000);
        await().atMost(Duration.ofSeconds(60)).until(() -> !replay(begun).get("endedAt").isNull());
        assertThat(replay(begun).get("done").asInt()).isEqualTo(100_000);
        assertThat(replay(begun).get("waiting").asInt()).isZero();
        assertThat(saddlebag().database().queryForList("SELECT zoho_id FROM dead_letters", String.class)).containsExactly("other");
    }

    @Test
    void aForgetGoesOnWhereAnotherProcessLeftItAndKeepsWhatFailedAgain() throws Exception {
        letters(2500);
        JsonNode begun = withoutWorker(() -> {
            JsonNode answer = SaddlebagServer.json(saddlebag().call("DELETE", "/api/dead-letters?entity=items&error=no"));
            saddlebag().database().update("UPDATE dead_letters SET failed_at = clock_timestamp() WHERE zoho_id = '2400'");
            forgetBatch();
            assertThat(replay(answer).get("done").asInt()).as("the first batch").isEqualTo(1000);
            assertThat(facts(browser.page("/dead-letters/replays/" + answer.get("replayId")))).containsEntry("Waiting", "1,500").containsEntry("Forgotten", "1,000");
            assertThat(saddlebag().count("dead_letters")).isEqualTo(1500);
            return answer;
        });

        await().atMost(Duration.ofSeconds(30)).until(() -> !replay(begun).get("endedAt").isNull());

        assertThat(replay(begun).get("done").asInt()).isEqualTo(2499);
        assertThat(saddlebag().database().queryForList("SELECT zoho_id FROM dead_letters", String.class)).containsExactly("2400");
        assertThat(browser.page("/dead-letters/replays/" + begun.get("replayId")).select("#replay .said.good").text()).contains("failed again meanwhile");
    }

    @Test
    void whatIsForgottenCanBeCancelledAndAReplayCannot() throws Exception {
        letters(1500);
        String forget = withoutWorker(() -> {
            JsonNode begun = SaddlebagServer.json(saddlebag().call("DELETE", "/api/dead-letters?entity=items"));
            forgetBatch();
            String page = "/dead-letters/replays/" + begun.get("replayId");
            assertThat(browser.press(browser.page(page).select("form:has(button:contains(Cancel))").first())).isEqualTo(page);
            forgetBatch();
            return page;
        });

        assertThat(saddlebag().count("dead_letters")).isEqualTo(500);
        assertThat(facts(browser.page(forget))).containsEntry("Letters", "1,500").containsEntry("Waiting", "0").containsEntry("Forgotten", "1,000");
        assertThat(browser.page(forget).select("form:has(button:contains(Cancel))")).isEmpty();
        assertThat(browser.page(forget).select("#replay").text()).contains("It was cancelled");
        assertThat(saddlebag().call("POST", "/api" + forget + "/cancel").statusCode()).isEqualTo(409);
        assertThat(saddlebag().call("POST", "/api/dead-letters/replays/999999/cancel").statusCode()).isEqualTo(404);
        Long replay = saddlebag().database().queryForObject("INSERT INTO letter_replays (org_id, request, found, replayed) VALUES (?, '{}', 1, 1) RETURNING id", Long.class, SaddlebagServer.ORG);
        assertThat(saddlebag().call("POST", "/api/dead-letters/replays/" + replay + "/cancel").body()).contains("cannot be cancelled");
        assertThat(saddlebag().count("audit_log WHERE action = 'dead-letter.cancel' AND outcome = 'done'")).isEqualTo(1);
    }

    @Test
    void aForgetThatAnotherProcessWorksOnIsPassedOver() throws Exception {
        letters(10);
        withoutWorker(() -> {
            JsonNode begun = SaddlebagServer.json(saddlebag().call("DELETE", "/api/dead-letters?entity=items"));
            try (Connection other = saddlebag().database().getDataSource().getConnection()) {
                other.setAutoCommit(false);
                other.createStatement().execute("SELECT FROM letter_replays WHERE id = " + begun.get("replayId") + " FOR UPDATE");
                forgetBatch();
                assertThat(saddlebag().count("dead_letters")).isEqualTo(10);
                other.rollback();
                other.setAutoCommit(true);
            }
            return begun;
        });
        await().until(() -> saddlebag().count("dead_letters") == 0);
    }

    @Test
    void aForgetGoesOnPastLettersThatAnotherTransactionDeletesOrFailsAgain() throws Exception {
        letters(1500);
        JsonNode begun = withoutWorker(() -> {
            JsonNode answer = SaddlebagServer.json(saddlebag().call("DELETE", "/api/dead-letters?entity=items"));
            try (Connection other = saddlebag().database().getDataSource().getConnection()) {
                other.setAutoCommit(false);
                other.createStatement().execute("DELETE FROM dead_letters WHERE zoho_id = '10'");
                other.createStatement().execute("UPDATE dead_letters SET failed_at = clock_timestamp() WHERE zoho_id = '11'");
                CompletableFuture<Void> batch = CompletableFuture.runAsync(LetterPagesIT::forgetBatch);
                await().until(() -> saddlebag().count("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%letter_replays%'") == 1);
                other.commit();
                other.setAutoCommit(true);
                batch.get();
            }
            assertThat(replay(answer).get("endedAt").isNull()).as("500 are left").isTrue();
            assertThat(replay(answer).get("done").asInt()).isEqualTo(998);
            return answer;
        });
        await().until(() -> !replay(begun).get("endedAt").isNull());
        assertThat(replay(begun).get("done").asInt()).isEqualTo(1498);
        assertThat(saddlebag().database().queryForList("SELECT zoho_id FROM dead_letters", String.class)).containsExactly("11");
    }

    private static void letters(int number) {
        saddlebag().database().update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error) SELECT ?, 'pull', 'items', CAST(n AS text), '{}', 'no name' FROM generate_series(1, ?) n", SaddlebagServer.ORG, number);
    }

    private static JsonNode replay(JsonNode begun) {
        return SaddlebagServer.json(saddlebag().call("GET", "/api/dead-letters/replays/" + begun.get("replayId"))).get("replay");
    }

    /** As a process does that ends after a batch. */
    private static void forgetBatch() {
        try {
            saddlebag().database().queryForList(Files.readString(Path.of("routes/api/letter-forget.sql")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> T withoutWorker(Callable<T> test) throws Exception {
        CamelContext camel = saddlebag().bean(CamelContext.class);
        camel.getRouteController().stopRoute("letter-forget");
        try {
            return test.call();
        } finally {
            camel.getRouteController().startRoute("letter-forget");
        }
    }

    @Test
    void aRunLeadsToTheRecordsThatItRejected() {
        refused("poison");
        long run = saddlebag().database().queryForObject("INSERT INTO sync_runs (org, entity, mode, trigger, status, rejected, finished_at) VALUES (?, 'items', 'full', 'timer', 'partial', 1, now()) RETURNING id",
            Long.class, SaddlebagServer.ORG);
        saddlebag().database().update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error, run_id) VALUES (?, 'pull', 'items', '77', '{}', 'no price', ?)", SaddlebagServer.ORG, run);

        Document letters = browser.page(browser.page("/runs/" + run).select("a:contains(Rejected records)").attr("href"));

        assertThat(letters.select("#letters tbody tr").eachText()).singleElement().asString().contains("77", "no price");
        assertThat(letters.select("#letters a[href^=/runs/" + run + "?]")).hasSize(1);
        assertThat(letters.select("form.line [name=run]").val()).isEqualTo(Long.toString(run));
    }

    @Test
    void aReplayThatFindsNothingLeadsBack() {
        saddlebag().database().update("INSERT INTO dead_letters (org_id, source, entity, payload, error) VALUES (?, 'pull', 'items', '{}', 'no id')", SaddlebagServer.ORG);
        String address = browser.page("/dead-letters").select("#groups th a").attr("href");

        assertThat(browser.press(browser.page(address).select("form:has(button:contains(Replay all))").first())).isEqualTo(address);
        assertThat(saddlebag().count("letter_replays WHERE found = 1 AND replayed = 0")).isZero();
    }

    @Test
    void openPagesHearOfALetterOfAnyAgeByAnIndex() throws IOException {
        saddlebag().database().update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error, closed_at) "
            + "SELECT ?, 'pull', 'items', n::text, repeat('x', 500), 'cause', CASE WHEN n > 100 THEN now() - interval '1 day' END FROM generate_series(1, 20000) n", SaddlebagServer.ORG);
        saddlebag().database().execute("VACUUM ANALYZE"); // classes before have left dead rows in other tables that the statement reads
        String open = letters();

        assertThat(blocks("../console/events.sql", Map.of())).as("the letters alone have 1,500").isLessThan(500);
        saddlebag().database().update("UPDATE dead_letters SET closed_at = now() WHERE zoho_id = '1'");
        String closed = letters();
        saddlebag().database().update("UPDATE dead_letters SET failed_at = now(), attempts = 2 WHERE zoho_id = '2'");
        String failedAgain = letters();
        saddlebag().database().update("INSERT INTO letter_replays (org_id, request, found, replayed) VALUES (?, '{}', 1, 1)", SaddlebagServer.ORG);

        assertThat(List.of(open, closed, failedAgain, letters())).doesNotHaveDuplicates();
    }

    private static String letters() throws IOException {
        return saddlebag().database().queryForObject("SELECT letters FROM (" + Files.readString(Path.of("routes/console/events.sql")) + ") topics", String.class);
    }

    @Test
    void aHundredThousandLettersOfFewReasonsArePagedByAnIndex() throws IOException {
        saddlebag().database().update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error) "
            + "SELECT ?, 'pull', CASE WHEN n % 2 = 0 THEN 'items' ELSE 'invoices' END, n::text, repeat('x', 500), 'cause ' || n % 5 FROM generate_series(1, 100000) n", SaddlebagServer.ORG);
        saddlebag().database().execute("VACUUM ANALYZE dead_letters");

        assertThat(blocks("api-dead-letter-groups.sql", Map.of())).as("a thousand of each of ten groups").isLessThan(15_000);
        Map<String, String> group = Map.of("source", "'pull'", "entity", "'items'", "reason", "'cause 4'", "limit", "50", "payloads", "false");
        assertThat(blocks("api-dead-letters.sql", group)).isLessThan(200);
        String time = "'" + saddlebag().database().queryForObject("SELECT failed_at FROM dead_letters ORDER BY failed_at OFFSET 50000 LIMIT 1", String.class) + "'";
        assertThat(blocks("api-dead-letters.sql", Map.of("limit", "50", "payloads", "false"))).as("of all reasons").isLessThan(200);
        assertThat(blocks("api-dead-letters.sql", Map.of("limit", "50", "payloads", "false", "beforeTime", time, "beforeId", "50000"))).as("a page in the middle").isLessThan(200);
        JsonNode groups = SaddlebagServer.json(saddlebag().call("GET", "/api/dead-letters/groups"));
        assertThat(groups.at("/groups/0/count").asInt()).isEqualTo(1000);
        assertThat(groups.get("groups")).hasSize(10);

        String address = "/api/dead-letters?source=pull&entity=items&reason=cause%204&limit=500&payloads=false";
        JsonNode first = SaddlebagServer.json(saddlebag().call("GET", address));
        JsonNode second = SaddlebagServer.json(saddlebag().call("GET", address + "&before=" + first.get("next").asText()));
        assertThat(first.get("deadLetters")).hasSize(500);
        assertThat(second.at("/deadLetters/0/id").asLong()).isLessThan(first.at("/deadLetters/499/id").asLong());
        assertThat(first.at("/deadLetters/0/payload").isNull()).isTrue();
    }

    /** @return blocks that a statement of the API reads */
    private static long blocks(String file, Map<String, String> request) throws IOException {
        String sql = Files.readString(Path.of("routes/api", file)).replace(":#${variable.org}", "'" + SaddlebagServer.ORG + "'");
        for (Map.Entry<String, String> parameter : request.entrySet()) {
            sql = sql.replace(":#${variable.request[" + parameter.getKey() + "]}", parameter.getValue());
        }
        String plan = String.join("\n", saddlebag().database().queryForList("EXPLAIN (ANALYZE, BUFFERS) " + sql.replaceAll(":#\\$\\{[^}]*}", "NULL"), String.class));
        return Pattern.compile("(hit|read)=([0-9]+)").matcher(plan.lines().filter(line -> line.contains("Buffers:")).findFirst().orElseThrow())
            .results().mapToLong(found -> Long.parseLong(found.group(2))).sum();
    }

    /** @return id of an item that a fetch refused for its price */
    private static String refused(String rate) {
        String id = ZOHO.catalogue().add(JsonNodeFactory.instance.objectNode().put("name", "of " + rate).put("rate", rate));
        assertThat(saddlebag().call("POST", "/api/sync/items/" + id).statusCode()).isEqualTo(422);
        return id;
    }

    private static Map<String, String> facts(Document page) {
        Map<String, String> facts = new LinkedHashMap<>();
        page.select("dl.facts div").forEach(fact -> facts.put(fact.select("dt").text(), fact.select("dd").text()));
        return facts;
    }
}
