package io.saddlebag.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.testkit.SaddlebagServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A person sees how organisations are connected, and checks, edits, adds and removes them. */
@Tag("sql")
class ConnectionPagesIT extends ConsoleCase {

    private static final String EDIT = "/connections/" + SaddlebagServer.ORG;

    @Test
    void aCheckShowsItsResultsOnThePage() {
        Document page = browser.page("/connections");
        assertThat(page.select("h2 small").first().text()).isEqualTo(SaddlebagServer.ORG);

        Document checked = browser.told(page.select("form:has(button:contains(Check))").first());

        assertThat(checked.select("tr:has(th:contains(credentials)) .status.good").text()).isEqualTo("good");
        assertThat(browser.page("/connections").select("#check-title")).as("it is told once").isEmpty();
        assertThat(checked.select("section:has(#check-title) .files a[href^=/export/api/zoho/check?org=" + SaddlebagServer.ORG + "]")).hasSize(2);
        assertThat(browser.page(EDIT).select("#check tbody tr").eachText()).as("the page of the organisation keeps it").isEqualTo(checked.select("section:has(#check-title) tbody tr").eachText());
    }

    @Test
    void whatTheLastCheckFoundIsKept() {
        saddlebag.database().update("UPDATE organisations SET checked_at = NULL, check_report = NULL");
        JsonNode before = SaddlebagServer.json(saddlebag.call("GET", "/api/zoho/check"));
        assertThat(before.get("checks")).isEmpty();
        assertThat(before.get("ok").isNull() && before.get("checkedAt").isNull()).isTrue();
        assertThat(browser.page(EDIT).select("#check").text()).contains("was not checked yet");

        JsonNode checked = SaddlebagServer.json(saddlebag.call("POST", "/api/zoho/check"));

        JsonNode last = SaddlebagServer.json(saddlebag.call("GET", "/api/zoho/check"));
        assertThat(last.get("checks")).isNotEmpty().isEqualTo(checked.get("checks"));
        assertThat(last.get("ok")).isEqualTo(checked.get("ok"));
        assertThat(last.get("checkedAt").isTextual()).isTrue();
    }

    @Test
    void aCheckThatFailsIsAProblemWithALineForEachResultFromEveryPage() {
        saddlebag.database().update("UPDATE connections SET needs_person = 'Zoho no longer knows the refresh token (invalid_code). Agree again'");
        try {
            Document overview = browser.page("/");
            assertThat(fact(overview, "Access token")).isIn("refused by Zoho", "none").isEqualTo(fact(browser.page(EDIT), "Access token"));
            zoho.faults().add(Fault.of(Fault.Kind.INVALID_CODE));

            Document checked = browser.told(overview.select("form:has(button:contains(Check the connection))").first());

            assertThat(checked.select("main > .said.bad").text()).startsWith("The check has ended. It found ");
            assertThat(checked.select("main > .said.good")).isEmpty();
            assertThat(checked.select("tr:has(th:contains(credentials)) .status.bad").text()).isEqualTo("wrong");
            assertThat(checked.select("tr:has(th:contains(credentials)) td").last().text()).contains("invalid_code");
        } finally {
            zoho.faults().clear();
            saddlebag.database().update("UPDATE connections SET needs_person = NULL, cooldown_until = NULL");
        }
    }

    @Test
    void anEditIsStoredAndAMistakeIsToldAtItsField() {
        Element form = browser.page(EDIT).select("form:has(button:contains(Save))").first();
        browser.press(form, "body.callsPerMinute#", "30", "body.kinds,", "items, contacts", "body.filters{}", "{\"items\": {\"status\": [\"active\"]}}");
        assertThat(saddlebag.database().queryForMap("SELECT calls_per_minute, array_to_string(kinds, ' ') AS kinds, filters ->> 'items' AS items FROM organisations"))
            .containsEntry("calls_per_minute", 30).containsEntry("kinds", "contacts items").containsEntry("items", "{\"status\": [\"active\"]}");

        HttpResponse<String> refused = browser.send(browser.page(EDIT).select("form:has(button:contains(Save))").first(), "body.callsPerDay#", "700", "body.pullCron", "now and then");
        assertThat(refused.statusCode()).isEqualTo(400);
        Document page = Jsoup.parse(refused.body());
        assertThat(page.select("input[name=body.pullCron]").val()).isEqualTo("now and then");
        assertThat(page.select("input[name=body.callsPerDay#]").val()).isEqualTo("700");
        assertThat(page.select("input[aria-invalid]").attr("name")).isEqualTo("body.pullCron");
        assertThat(page.select("div:has(input[aria-invalid]) .said.bad").text()).contains("Quartz");
        page = Jsoup.parse(browser.send(browser.page(EDIT).select("form:has(button:contains(Save))").first(), "body.filters{}", "active only").body());
        assertThat(page.select("textarea").text()).isEqualTo("active only");
        assertThat(page.select("div:has(textarea[aria-invalid]) .said.bad").text()).contains("must be like");

        browser.press(browser.page(EDIT).select("form:has(button:contains(Save))").first(), "body.callsPerMinute#", "", "body.kinds,", "", "body.filters{}", "");
        assertThat(saddlebag.count("organisations WHERE calls_per_minute IS NULL AND kinds IS NULL AND filters IS NULL")).isEqualTo(1);
    }

    @Test
    void longFiltersAreStoredAndALongFormOfAStrangerIsRefused() throws Exception {
        String filters = "{\"items\": {" + IntStream.range(0, 50).mapToObj(n -> "\"cf_" + n + "\": [\"" + "x".repeat(400) + "\"]").collect(Collectors.joining(", ")) + "}}";
        browser.press(browser.page(EDIT).select("form:has(button:contains(Save))").first(), "body.filters{}", filters);
        assertThat(saddlebag.count("organisations WHERE length(CAST(filters AS text)) > 20000")).isEqualTo(1);
        browser.press(browser.page(EDIT).select("form:has(button:contains(Save))").first(), "body.filters{}", "");

        assertThat(browser.post("/login", Map.of("username", "x".repeat(9000))).statusCode()).as("also of a session").isEqualTo(413);
        assertThat(browser.post("/act/api/alerts/test", Map.of("a", "x".repeat(300_000))).statusCode()).isEqualTo(413);
        HttpRequest strange = HttpRequest.newBuilder(URI.create("http://localhost:" + saddlebag.port() + "/act/api/alerts/test")).header("Content-Type", "application/x-www-form-urlencoded")
            .header("Cookie", "SESSION=none").POST(BodyPublishers.ofString("a=" + "x".repeat(9000))).build();
        assertThat(HttpClient.newHttpClient().send(strange, BodyHandlers.ofString()).statusCode()).isEqualTo(413);
    }

    @Test
    void onePageShowsAllOfAConnection() {
        saddlebag.call("POST", "/api/sync/items/6000000000010000001");
        saddlebag.database().update("INSERT INTO missing_scopes (connection_id, area, token_version) SELECT id, '/books/v3/bills', token_version FROM connections");

        Document page = browser.page(EDIT);

        assertThat(fact(page, "Client secret")).isEqualTo("set");
        assertThat(fact(page, "Refresh token")).isEqualTo("set");
        assertThat(fact(page, "Webhook secret")).isEqualTo("not set");
        assertThat(fact(page, "Client id")).isEqualTo("1000.SANDBOX");
        assertThat(fact(page, "Access token")).startsWith("valid until");
        assertThat(fact(page, "Next full run")).isNotEmpty();
        assertThat(page.select("input[name=body.callsPerMinute#]").attr("placeholder")).as("the value of the settings").matches("[0-9]+");
        assertThat(fact(browser.page("/connections"), "Calls a minute")).matches("[0-9]+, .+, [0-9]+");
        assertThat(page.select("section[aria-labelledby=state-title] li .status.bad").text()).isEqualTo("/books/v3/bills is missing");
        String connect = "/oauth/connect?org=" + SaddlebagServer.ORG;
        assertThat(page.select("a[href^=/oauth/connect]").eachAttr("href")).contains(connect, connect + "&for=read", connect + "&for=push", connect + "&for=webhooks", connect + "&for=push&targets=crm-products");
        saddlebag.database().update("DELETE FROM missing_scopes");
    }

    @Test
    void aClientIsReplacedAndItsSecretNeverShown() {
        saddlebag.send("POST", "/api/organisations", "{\"name\":\"Third shop\",\"clientId\":\"1000.THIRD\",\"clientSecret\":\"the-first-secret\"}");
        String address = "/connections/Third%20shop";
        Element form = browser.page(address).select("form:has(button:contains(Store))").first();

        browser.press(form, "body.clientId~", "1000.OTHER", "body.clientSecret~", "the-second-secret");
        assertThat(fact(browser.page(address), "Client id")).isEqualTo("1000.OTHER");
        assertThat(browser.page(address).html()).doesNotContain("the-second-secret", "the-first-secret");
        Document page = Jsoup.parse(browser.send(form, "body.clientId~", "with a space", "body.clientSecret~", "the-third-secret").body());
        assertThat(page.select("form:has(button:contains(Store)) .said.bad").text()).contains("without spaces");
        assertThat(page.select("input[name=body.clientId~]").val()).isEqualTo("with a space");
        assertThat(page.html()).doesNotContain("the-third-secret");
        assertThat(Jsoup.parse(browser.send(form).body()).select("main > .said.bad").text()).isEqualTo("Nothing was filled in, so nothing is changed");
        saddlebag.call("DELETE", "/api/organisations/Third%20shop");
        assertThat(saddlebag.count("organisations")).isEqualTo(1);
    }

    private static String fact(Document page, String name) {
        return page.select("dl.facts div:has(dt:containsOwn(" + name + ")) dd").text();
    }

    @Test
    void anOrganisationIsAddedAndRemoved() {
        Document refused = Jsoup.parse(browser.send(browser.page("/connections").select("form:has(button:matchesOwn(Add))").first(), "body.name~", "Second shop").body());
        assertThat(refused.select("section:has(#add-title) .said.bad").text()).startsWith("Client id: ");
        assertThat(refused.select("input[name=body.name~]").val()).isEqualTo("Second shop");

        browser.press(browser.page("/connections").select("form:has(button:matchesOwn(Add))").first(),
            "body.name~", "Second shop", "body.clientId~", "1000.SECOND", "body.clientSecret~", "a-secret-of-the-client");
        Document page = browser.page("/connections");
        assertThat(page.select("section:has(small:contains(not known yet)) .said.bad").text()).contains("/oauth/connect");
        assertThat(page.html()).doesNotContain("a-secret-of-the-client");

        browser.press(page.select("section:has(small:contains(not known yet)) form:has(button.danger)").first());
        assertThat(saddlebag.count("organisations")).isEqualTo(1);
    }
}
