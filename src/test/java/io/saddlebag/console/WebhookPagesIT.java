package io.saddlebag.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.saddlebag.testkit.Browser;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.webhook.WebhookCase;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A person sees which webhooks come and which do not, registers them in Zoho, and rotates their secret. */
@Tag("sql")
class WebhookPagesIT extends WebhookCase {

    private static final String NEW = "BrandNewSecret77";

    private Browser browser;

    @BeforeEach
    void login() {
        browser = new Browser(saddlebag());
        saddlebag().empty("webhook_counts", "poll_findings");
    }

    @Test
    void whatCameIsCountedAndWhatWasMissedIsOnTheMap() {
        String id = newItem("Lantern");
        assertAccepted(send(id));
        send(id);
        String body = payload("item", item(id));
        assertThat(post(ITEMS, JSON, body, "wrong").statusCode()).isEqualTo(401);
        settled();
        saddlebag().database().update("INSERT INTO poll_findings (org_id, entity, zoho_id, modified_at, run_id) VALUES (?, 'items', 'untold', now() - interval '1 minute', 1)", SaddlebagServer.ORG);

        // with and without a valid signature; counts that a timer has just taken are seen once they are committed
        Document page = await().until(() -> browser.page("/webhooks"), shown -> shown.select("#received tr:has(th:contains(items))").size() == 2);

        Element items = page.select("#received tr:has(th:contains(items))").first();
        assertThat(items.select("td").eachText()).startsWith("updated", "2", "1", "1");
        assertThat(page.select("#received tr:contains(signature)").text()).contains("1");
        assertThat(page.select("#latency tr:has(th:contains(items)) td").first().text()).isEqualTo("1");
        assertThat(page.select("#missed thead th").eachText()).contains("items");
        assertThat(page.select("#missed tbody tr").first().text()).isEqualTo("all 1 of 1");
        assertThat(page.select("#missed tbody tr").last().select(".status.bad").text()).isEqualTo("1 of 1");
        assertThat(page.select("#missed tbody tr")).hasSize(25);
    }

    @Test
    void aChangeOfARecordLeadsToTheWebhookThatBroughtIt() {
        String id = newItem("Lantern");
        send(id);
        settled();
        ZOHO.catalogue().change(id, JsonNodeFactory.instance.objectNode().put("rate", 77), Set.of(), true);
        assertAccepted(sendJson(ITEMS, payload("item", item(id).put("last_modified_time", soon(20)))));
        settled();

        Document record = browser.page("/records/items/" + id);

        long event = saddlebag().database().queryForObject("SELECT max(id) FROM webhook_events WHERE status = 'done'", Long.class);
        assertThat(record.select("#changes tr:contains(price) a").eachAttr("href")).contains("/webhooks/events/" + event);
        assertThat(record.select("#webhooks tbody tr")).hasSize(2);
    }

    @Test
    void theInboxIsFilteredAndAnEventIsShownWithItsPayload() {
        String lantern = newItem("Lantern");
        assertAccepted(send(lantern));
        String tent = newItem("Tent");
        assertAccepted(sendJson(ITEMS, payload("item", item(tent).put("rate", "poison"))));
        settled();

        assertThat(browser.page("/webhooks/events").select("#events tbody tr")).hasSize(2);
        assertThat(browser.page("/webhooks/events?status=dead").select("#events tbody tr").text()).contains(tent).doesNotContain(lantern);
        assertThat(browser.page("/webhooks/events?entity=items&zohoId=" + lantern).select("#events tbody tr")).hasSize(1);
        assertThat(browser.page("/webhooks/events?status=pending").select("#events").text()).contains("No event fits");
        Document event = browser.page(browser.page("/webhooks/events?status=dead").select("#events th a").attr("href"));
        assertThat(event.select(".said.bad").text()).contains("poison");
        assertThat(event.select("pre").text()).contains("\"rate\" : \"poison\"");
        assertThat(browser.page(event.select("dd a[href*=dead-letters]").attr("href")).select(".said.bad").text()).contains("poison");

        browser.press(event.select("form:has(button:contains(Replay))").first());
        assertThat(settled()).as("the same failure again").containsExactly("done", "dead");
        HttpResponse<String> missing = browser.get("/webhooks/events/999999999");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(Jsoup.parse(missing.body()).select(".said.bad").text()).startsWith("There is no event");
    }

    @Test
    void aRegistrationIsPlannedFirstAndThenCarriedOut() {
        ZOHO.rules().reset();
        saddlebag().empty("webhook_registrations");
        try {
            Document before = browser.page("/webhooks/register");
            assertThat(before.select("button:contains(Register)")).as("no plan yet").isEmpty();

            Document plan = browser.told(before.select("form:has(button:contains(Plan))").first());
            assertThat(plan.select("tbody tr:contains(items)").text()).contains("created");
            assertThat(plan.select("a[aria-current]").text()).isEqualTo("Webhooks");
            assertThat(saddlebag().count("webhook_registrations")).isZero();

            Document done = browser.told(plan.select("form:has(button:contains(Register))").first());
            assertThat(done.select("tbody .status").eachText()).containsOnly("created");
            assertThat(saddlebag().count("webhook_registrations")).isPositive();

            assertThat(browser.told(browser.page("/webhooks/register").select("form:has(button:contains(Plan))").first()).select(".said.good").text()).contains("Everything is registered");
        } finally {
            ZOHO.rules().reset(); // or the sandbox would send webhooks to later tests
        }
    }

    @Test
    void whatZohoHasIsShownAsItWasSeenLastAndOnlyTheButtonAsksZoho() {
        ZOHO.rules().reset();
        saddlebag().empty("webhook_registrations", "webhook_sightings");
        new SandboxClient(ZOHO.url()).withToken().send("POST", "/inventory/v1/settings/webhooks?organization_id=" + SaddlebagServer.ORG, JSON,
            "{\"webhook_name\":\"Of somebody\",\"entity\":\"item\",\"url\":\"https://example.com/key-of-somebody\",\"method\":\"POST\"}");
        try {
            ZOHO.calls().reset();
            Document page = browser.page("/webhooks");
            assertThat(page.select("#seen").text()).contains("has not looked yet");
            assertThat(ZOHO.calls().list()).isEmpty();

            browser.press(page.select("#seen form:has(button:contains(Look again))").first());
            assertThat(ZOHO.calls().list()).isNotEmpty().allSatisfy(call -> assertThat(call.method()).isEqualTo("GET"));
            page = browser.page("/webhooks");
            assertThat(page.select("#seen tr:contains(Saddlebag item created) .status").eachText()).containsExactly("missing", "missing");
            assertThat(page.select("#seen tr:contains(Of somebody) .status").eachText()).containsExactly("not Saddlebag's");
            assertThat(page.html()).doesNotContain("key-of-somebody");

            assertThat(saddlebag().call("POST", "/api/webhooks/register").statusCode()).isEqualTo(200);
            ZOHO.calls().reset();
            page = browser.page("/webhooks");
            assertThat(page.select("#seen tr:contains(Saddlebag item created) .status").eachText()).containsExactly("registered", "registered");
            assertThat(page.select("#seen tr:contains(Saddlebag item created) time").text()).endsWith("s ago");
            assertThat(ZOHO.calls().list()).isEmpty();

            saddlebag().database().execute("UPDATE webhook_registrations SET fingerprint = 'of another secret'");
            browser.press(page.select("#seen form:has(button:contains(Look again))").first());
            assertThat(browser.page("/webhooks").select("#seen tr:contains(Saddlebag item created) .status").eachText()).containsExactly("outdated", "registered");
        } finally {
            ZOHO.rules().reset(); // or the sandbox would send webhooks to later tests
            saddlebag().empty("webhook_registrations", "webhook_sightings");
        }
    }

    @Test
    void aSecretIsRotatedWithoutARefusalAndNeverShown() {
        String id = newItem("Lantern");
        String body = payload("item", item(id));
        try {
            browser.press(browser.page("/webhooks/register").select("form:has(button:contains(Add))").first(), "body.addWebhookSecret", "short");
            assertThat(browser.page("/webhooks/register").select(".said.bad").text()).contains("12 to 50 letters and digits");

            browser.press(browser.page("/webhooks/register").select("form:has(button:contains(Add))").first(), "body.addWebhookSecret", NEW);
            Document page = browser.page("/webhooks/register");
            assertThat(page.text()).contains("3 secrets are accepted");
            assertThat(page.html()).doesNotContain(NEW, SECRET);
            assertThat(post(ITEMS, JSON, body, sign(NEW, ITEMS, body)).statusCode()).isEqualTo(200);
            assertThat(post(ITEMS, JSON, body, sign(SECRET, ITEMS, body)).statusCode()).isEqualTo(200);

            browser.press(page.select("form:has(button.danger)").first());
            assertThat(post(ITEMS, JSON, body, sign(NEW, ITEMS, body)).statusCode()).isEqualTo(200);
            assertThat(post(ITEMS, JSON, body, sign(SECRET, ITEMS, body)).statusCode()).isEqualTo(401);
            assertThat(browser.page("/webhooks/register").select("form:has(button.danger)")).as("nothing is left to take out").isEmpty();
        } finally {
            saddlebag().database().update("UPDATE organisations SET webhook_secret = NULL");
        }
    }

    @Test
    void aLargeInboxIsPagedByItsIndexes() throws IOException {
        saddlebag().database().execute("ALTER TABLE webhook_events SET (autovacuum_enabled = false)");
        try {
            saddlebag().database().update("INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, modified, complete, payload, status, processed_at, received_at) "
                + "SELECT ?, 'done' || n, 'done' || n, 'items', 'updated', n % 1000, now(), true, repeat('x', 500), 'done', now(), now() - (100000 - n) * interval '20 s' FROM generate_series(1, 100000) n",
                SaddlebagServer.ORG);
            saddlebag().database().execute("ANALYZE webhook_events");

            assertThat(blocks("api-webhook-events.sql", Map.of())).as("the newest").isLessThan(300);
            assertThat(blocks("api-webhook-events.sql", Map.of("status", "'dead'"))).as("10,000 are looked through").isLessThan(4000);
            assertThat(blocks("api-webhook-events.sql", Map.of("status", "'pending'"))).as("none waits").isLessThan(300);
            assertThat(blocks("api-webhook-events.sql", Map.of("entity", "'items'", "zohoId", "'77'"))).as("of a record").isLessThan(800);
            assertThat(blocks("api-webhook-statistics.sql", Map.of("hours", "'24'"))).isLessThan(5000);

            JsonNode dead = SaddlebagServer.json(saddlebag().call("GET", "/api/webhooks/events?status=dead"));
            assertThat(dead.get("events")).isEmpty();
            long next = dead.get("next").asLong();
            JsonNode more = SaddlebagServer.json(saddlebag().call("GET", "/api/webhooks/events?status=dead&before=" + next));
            assertThat(next - more.get("next").asLong()).isEqualTo(10_000);
            JsonNode all = SaddlebagServer.json(saddlebag().call("GET", "/api/webhooks/events?limit=10"));
            assertThat(SaddlebagServer.json(saddlebag().call("GET", "/api/webhooks/events?limit=10&before=" + all.get("next"))).at("/events/0/id").asLong())
                .isEqualTo(all.at("/events/9/id").asLong() - 1);
        } finally {
            saddlebag().database().execute("ALTER TABLE webhook_events RESET (autovacuum_enabled)");
        }
    }

    /** @return blocks that a statement of the API reads */
    private static long blocks(String file, Map<String, String> request) throws IOException {
        String sql = Files.readString(Path.of("routes/webhook", file)).replace(":#${variable.org}", "'" + SaddlebagServer.ORG + "'")
            .replace(":#${bean:kinds?method=list}", "'items,contacts'").replace(":#${variable.request[limit]}", "50")
            .replace(":#${variable.request[before]}", Long.toString(Long.MAX_VALUE));
        for (Map.Entry<String, String> parameter : request.entrySet()) {
            sql = sql.replace(":#${variable.request[" + parameter.getKey() + "]}", parameter.getValue());
        }
        String plan = String.join("\n", saddlebag().database().queryForList("EXPLAIN (ANALYZE, BUFFERS) " + sql.replaceAll(":#\\$\\{[^}]*}", "NULL"), String.class));
        return Pattern.compile("(hit|read)=([0-9]+)").matcher(plan.lines().filter(line -> line.contains("Buffers:")).findFirst().orElseThrow())
            .results().mapToLong(found -> Long.parseLong(found.group(2))).sum();
    }
}
