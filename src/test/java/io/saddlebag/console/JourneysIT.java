package io.saddlebag.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.Chromium;
import io.saddlebag.testkit.OidcServer;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.SignedWebhook;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What people do with the console, in a real browser. With {@code -Dsaddlebag.docs=write} the pictures of docs/pictures are taken anew.
 */
@Tag("alone")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JourneysIT {

    private static final String SECRET = "a webhook's secret";
    private static final Path PICTURES = Path.of("docs/pictures");

    private SandboxServer zoho;
    private SandboxClient sandbox;
    private OidcServer provider;
    private SaddlebagServer saddlebag;
    private Chromium chromium;

    @BeforeAll
    void start() {
        zoho = SandboxServer.start();
        sandbox = new SandboxClient(zoho.url());
        provider = OidcServer.start();
        saddlebag = SaddlebagServer.start(zoho, "--zoho.webhook-secret=" + SECRET, "--saddlebag.pull.cron=0 0 4 1 * ?", "--saddlebag.oidc.issuer=" + provider.url(),
            "--saddlebag.oidc.client-id=" + OidcServer.CLIENT, "--saddlebag.oidc.client-secret=" + OidcServer.SECRET, "--saddlebag.oidc.name=Acme",
            "--saddlebag.oidc.viewers=staff", "--camel.main.jmx-enabled=true"); // Hawtio shows the MBeans of the routes
        chromium = new Chromium(saddlebag);
        PlaywrightAssertions.setDefaultAssertionTimeout(60_000);
        for (String kind : List.of("price-lists", "contacts", "categories", "items")) {
            saddlebag.pull(kind, "full");
        }
    }

    @AfterAll
    void stop() {
        if (chromium != null) {
            chromium.close();
        }
        saddlebag.close();
        provider.close();
        zoho.close();
    }

    @BeforeEach
    void forget() {
        chromium.closePages();
        chromium.complaints();
    }

    @AfterEach
    void theBrowserHadNoComplaint() {
        sandbox.control("DELETE", "/faults", "");
        assertThat(chromium.complaints()).as("violations of the policy, and errors of scripts").isEmpty();
    }

    @Test
    void aSyncIsStartedAndItsBarMoves() {
        sandbox.control("POST", "/faults", "{\"kind\":\"latency\",\"ms\":5000}");
        Page page = chromium.staff();

        button(page.locator("tr", new Page.LocatorOptions().setHasText("items")).filter(new Locator.FilterOptions().setHasText("Sync now")).first(), "Sync now items").click();
        page.waitForURL(Pattern.compile(".*/runs/[0-9]+"));
        long id = Long.parseLong(page.url().replaceAll(".*/runs/([0-9]+).*", "$1"));
        assertThat(page.locator("progress")).isVisible();
        saddlebag.call("POST", "/api/sync/runs/" + id + "/cancel");
        saddlebag.ended(id);

        long full = saddlebag.start("items", "full");
        page.navigate("/runs/" + full);
        String first = page.locator("progress").getAttribute("value");
        await().until(() -> page.locator("progress").count() > 0 && !first.equals(page.locator("progress").getAttribute("value")));
        sandbox.control("DELETE", "/faults", "");

        assertThat(page.locator("#run .status")).hasText("succeeded");
        assertThat(page.locator("#run dt:text-is('seen') + dd")).hasText(saddlebag.run(full).get("seen").asText().replaceFirst("(\\d)(\\d{3})$", "$1,$2"));
    }

    @Test
    void aFirstLoginEndsWithAFinishedSyncInOneGo() {
        sandbox.control("POST", "/faults", "{\"kind\":\"latency\",\"ms\":5000}");
        Page page = chromium.page(1280, true);
        page.getByLabel("User").fill("admin");
        page.getByLabel("Password").fill("staff-password");
        button(page.locator("main"), "Log in").click();

        link(page, "Runs").click();
        page.getByText("Start a run").click();
        page.getByLabel("Mode of items").selectOption("full");
        button(page.locator("main"), "Start items").click();
        page.waitForURL(Pattern.compile(".*/runs/[0-9]+"));
        String first = page.locator("progress").getAttribute("value");
        await().until(() -> page.locator("progress").count() > 0 && !first.equals(page.locator("progress").getAttribute("value")));
        link(page, "Runs").click();
        assertThat(page.locator("#running .under-way")).containsText("items, full");
        assertThat(page.locator("#running progress")).isVisible();
        sandbox.control("DELETE", "/faults", "");

        assertThat(page.locator("#running")).containsText("No run is under way");
        assertThat(page.locator("#runs tbody tr").first()).containsText("succeeded");
    }

    @Test
    void aNewcomerConnectsTheSandboxFindsWhyARecordWasRefusedMendsItAndReplaysIt() {
        try (SaddlebagServer fresh = SaddlebagServer.start(zoho, "--zoho.refresh-token=1000.of-nobody", "--saddlebag.pull.cron=0 0 4 1 * ?"); Chromium its = new Chromium(fresh)) {
            String id = saddlebag.database().queryForObject("SELECT min(zoho_item_id) FROM products WHERE deleted_at IS NULL AND price > 1", String.class);
            Page page = its.staff();
            link(page, "Connections").click();
            page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Edit " + SaddlebagServer.ORG)).click();
            page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Connect, only to read")).click();
            assertThat(page.locator("h1")).hasText("Connected");
            page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Connections")).click();

            sandbox.control("PATCH", "/items/" + id, "{\"rate\":\"a lot\"}");
            link(page, "Overview").click();
            button(page.locator("tr", new Page.LocatorOptions().setHasText("items")).filter(new Locator.FilterOptions().setHasText("Sync now")).first(), "Sync now items").click();
            assertThat(page.locator("#run .status")).hasText("partial");
            page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Rejected records")).click();
            page.locator("#letters tbody th a").first().click();
            assertThat(page.locator("main")).containsText("rate");
            page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Letters of the same reason")).click();
            sandbox.control("PATCH", "/items/" + id, "{\"rate\":8.5}");
            page.getByText("Replay all", new Page.GetByTextOptions().setExact(true)).click();
            button(page.locator("main"), "Replay all of this reason").click();
            assertThat(page.locator("main")).containsText("All letters are processed");

            link(page, "Records").click();
            page.getByRole(AriaRole.SEARCHBOX).fill(id);
            page.keyboard().press("Enter");
            page.locator("main tbody th a").first().click();
            assertThat(page.locator("section[aria-labelledby=columns-title]")).containsText("8.5");
            assertThat(its.complaints()).isEmpty();
        }
    }

    @Test
    void aRefusedRecordIsFoundMendedAndReplayed() {
        String id = saddlebag.database().queryForObject("SELECT min(zoho_item_id) FROM products WHERE deleted_at IS NULL AND price > 1", String.class);
        sandbox.control("PATCH", "/items/" + id, "{\"rate\":\"a lot\"}");
        saddlebag.pull("items", "incremental");
        Page page = chromium.staff();

        assertThat(page.locator("#health")).containsText("rejected 1 record");
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Dead letters")).first().click();
        page.locator("main table a").first().click();
        assertThat(page.locator("main")).containsText("rate");
        sandbox.control("PATCH", "/items/" + id, "{\"rate\":7.5}");
        page.getByText("Replay all", new Page.GetByTextOptions().setExact(true)).click();
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Replay all of this reason")).click();

        await().untilAsserted(() -> assertThat(saddlebag.count("dead_letters WHERE closed_at IS NULL")).isZero());
        page.navigate("/records/items/" + id);
        assertThat(page.locator("main")).containsText("7.5");
    }

    @Test
    void aPlanIsMadeAndApplied() {
        Page page = chromium.staff();
        sandbox.control("PATCH", "/records/price-lists/" + saddlebag.database().queryForObject("SELECT min(zoho_pricebook_id) FROM price_lists", String.class), "{\"name\":\"Planned\"}");

        long plan = SaddlebagServer.json(saddlebag.call("POST", "/api/sync/price-lists?mode=full&dryRun=true")).get("runId").asLong();
        saddlebag.ended(plan);
        page.navigate("/runs/" + plan);
        assertThat(page.locator("#report")).containsText("Planned");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Apply this plan")).click();

        page.waitForURL(url -> url.contains("/runs/") && !url.endsWith("/" + plan));
        assertThat(page.locator("#run .status")).hasText("succeeded");
        assertThat(saddlebag.count("price_lists WHERE name = 'Planned'")).isEqualTo(1);
    }

    @Test
    void anOpenRunShowsItsResultWhenItEnds() {
        saddlebag.database().update("UPDATE price_lists SET name = 'Drifted' WHERE zoho_pricebook_id = (SELECT max(zoho_pricebook_id) FROM price_lists)");
        saddlebag.database().update("INSERT INTO products (org_id, name, sku, price, made_here) VALUES (?, 'Open lamp', 'own-open', 12.5, true) ON CONFLICT DO NOTHING", SaddlebagServer.ORG);
        Page page = chromium.staff();

        long plan = openUntilItEnds(page, "/api/sync/price-lists?mode=full&dryRun=true");
        assertThat(button(page.locator("#next"), "Apply this plan")).isVisible();
        assertThat(page.locator("#report")).containsText("Cost: " + report(plan).at("/cost/calls").asInt() + " call");
        openUntilItEnds(page, "/api/verify/price-lists");
        assertThat(button(page.locator("#next"), "Verify and repair")).isVisible();
        assertThat(page.locator("#report tbody")).containsText("Drifted");
        openUntilItEnds(page, "/api/push/crm-products?dryRun=true");
        assertThat(button(page.locator("#next"), "Push what this plan shows")).isVisible();
        assertThat(button(page.locator("#next"), "Switch the target on")).isVisible();
        assertThat(page.locator("#report tbody")).containsText("own-open");
        saddlebag.send("PATCH", "/api/organisations/" + SaddlebagServer.ORG, "{\"push\":{\"crm-products\":\"on\"}}");
        openUntilItEnds(page, "/api/push/crm-products");
        assertThat(page.locator("#next summary")).hasText("Undo");
        assertThat(page.locator("#next .mend")).hasText("Records of the target");
        assertThat(page.locator("#records tbody")).containsText("create");
        saddlebag.send("PATCH", "/api/organisations/" + SaddlebagServer.ORG, "{\"push\":{\"crm-products\":\"off\"}}");
    }

    /** Starts a run and opens its page, on which it ends. */
    private long openUntilItEnds(Page page, String start) {
        sandbox.control("POST", "/faults", "{\"kind\":\"latency\",\"ms\":5000}");
        long run = SaddlebagServer.json(saddlebag.call("POST", start)).get("runId").asLong();
        page.navigate("/runs/" + run);
        assertThat(page.locator("#run .status")).hasText("running");
        sandbox.control("DELETE", "/faults", "");
        assertThat(page.locator("#run .status")).hasText("succeeded");
        return run;
    }

    private JsonNode report(long run) {
        return SaddlebagServer.json(saddlebag.call("GET", "/api/sync/runs/" + run + "/report"));
    }

    @Test
    void theChartOfChangesShowsNoValueWithoutAPointer() {
        Page page = chromium.staff();

        assertThat(page.locator("#changes .u-legend .u-label").first()).isVisible();
        assertThat(page.locator("#changes .u-legend .u-value").first()).isHidden();
        page.locator("#changes .u-over").hover();
        assertThat(page.locator("#changes .u-legend .u-value").first()).isVisible();
    }

    @Test
    void aWebhookIsSeenArriving() throws Exception {
        Page page = chromium.staff();
        page.navigate("/webhooks/events");
        String id = saddlebag.database().queryForObject("SELECT max(zoho_item_id) FROM products WHERE deleted_at IS NULL", String.class);
        URI address = URI.create("http://localhost:" + saddlebag.port() + "/api/zoho/sync-products?event=updated");
        String body = "{\"item\":{\"item_id\":\"" + id + "\"}}";

        HttpClient.newHttpClient().send(HttpRequest.newBuilder(address).header("Content-Type", "application/json")
            .header("X-Zoho-Webhook-Signature", SignedWebhook.signature(SECRET, address, body)).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());

        assertThat(page.locator("#events tbody tr").filter(new Locator.FilterOptions().setHasText(id)).locator(".status").first()).hasText("done");
    }

    @Test
    void aCallIsSeenComingAndAnswered() {
        Page page = chromium.staff();
        page.navigate("/calls?purpose=check");
        String id = saddlebag.database().queryForObject("SELECT max(zoho_item_id) FROM products WHERE deleted_at IS NULL", String.class);

        saddlebag.call("POST", "/api/sync/items/" + id);

        Locator call = page.locator("#list tbody tr").filter(new Locator.FilterOptions().setHasText("GET /inventory/v1/items/" + id)).first();
        assertThat(call.locator("td.number").first()).hasText("200");
        assertThat(page.locator("#what-for")).containsText("items/…");
    }

    @Test
    void aRunDrawsItsPagesAndWaitsAndKeepsWhatItsReaderOpened() {
        sandbox.control("POST", "/faults", "{\"kind\":\"latency\",\"ms\":1500}");
        Page page = chromium.staff();
        long run = saddlebag.start("items", "full");
        page.navigate("/runs/" + run);
        assertThat(page.locator("#timeline tbody tr td").first()).isAttached();
        page.locator("#timeline summary").click();
        int before = page.locator("#timeline tbody tr").count();

        await().until(() -> page.locator("#timeline tbody tr").count() > Math.max(2, before));
        assertThat(page.locator("#timeline details")).hasAttribute("open", "");
        assertThat(page.locator("#timeline summary")).isFocused();
        assertThat(page.locator("#timeline canvas")).isVisible();
        assertThat(page.locator("#timeline").getByText("page", new Locator.GetByTextOptions().setExact(false)).first()).isVisible();
        saddlebag.call("POST", "/api/sync/runs/" + run + "/cancel");
        sandbox.control("DELETE", "/faults", "");
        saddlebag.ended(run);
    }

    @Test
    void anOpenRecordFollowsItsChangesItsWebhooksAndItsDeadLetters() throws Exception {
        String id = saddlebag.database().queryForObject("SELECT max(zoho_item_id) FROM products WHERE deleted_at IS NULL", String.class);
        Page page = chromium.staff();
        page.navigate("/records/items/" + id);
        sandbox.control("PATCH", "/items/" + id, "{\"rate\":1234.5}");

        saddlebag.call("POST", "/api/sync/items/" + id);

        assertThat(page.locator("#columns")).containsText("1234.5");
        assertThat(page.locator("#changes tbody")).containsText("1234.5");
        saddlebag.database().update("INSERT INTO dead_letters (org_id, source, entity, zoho_id, payload, error) VALUES (?, 'webhook', 'items', ?, '{}', 'it is no lamp')", SaddlebagServer.ORG, id);
        assertThat(page.locator("#letters")).containsText("it is no lamp");
        saddlebag.database().update("DELETE FROM dead_letters WHERE error = 'it is no lamp'");
    }

    @Test
    void theAuditAndAConnectionFollowWhatOthersDo() {
        Page audit = chromium.staff();
        audit.navigate("/audit");
        Page connections = chromium.loggedIn(1280, true, "admin", "staff-password");
        connections.navigate("/connections");
        connections.getByLabel("Name").fill("Not yet sent");

        saddlebag.send("PATCH", "/api/organisations/" + SaddlebagServer.ORG, "{\"callsInFlight\":3}");

        assertThat(audit.locator("#audit tbody tr").first()).containsText("callsInFlight");
        assertThat(connections.locator("#organisation-0")).containsText("what Zoho reports, 3");
        assertThat(connections.getByLabel("Name")).hasValue("Not yet sent");
        saddlebag.send("PATCH", "/api/organisations/" + SaddlebagServer.ORG, "{\"callsInFlight\":null}");
    }

    @Test
    void aPartInWhichSomebodyChoosesWaitsForTheChoice() {
        saddlebag.database().update("INSERT INTO alerts (key, org_id, state, text) VALUES ('lamp', ?, 'firing', 'The lamp is out')", SaddlebagServer.ORG);
        Page page = chromium.staff();
        page.navigate("/alerts");
        Locator row = page.locator("#problems tbody tr").filter(new Locator.FilterOptions().setHasText("The lamp is out"));
        row.locator("select").selectOption("24h");

        saddlebag.database().update("INSERT INTO alerts (key, org_id, state, text) VALUES ('rope', ?, 'firing', 'The rope is cut')", SaddlebagServer.ORG);
        Page other = chromium.loggedIn(1280, true, "admin", "staff-password");
        other.navigate("/alerts");
        assertThat(other.locator("#problems")).containsText("The rope is cut");
        for (int i = 0; i < 2; i++) { // with the second answer, the first one is shown
            page.waitForResponse(Pattern.compile(".*/alerts"), () -> saddlebag.database().update("UPDATE alerts SET told_at = clock_timestamp() WHERE key = 'rope'"));
        }
        assertThat(row.locator("select")).hasValue("24h");

        button(row, "Mute").click();

        assertThat(page.locator("#problems")).containsText("The rope is cut");
        assertThat(saddlebag.count("alerts WHERE key = 'lamp' AND muted_until > now() + interval '23 hours'")).isEqualTo(1);
        saddlebag.database().update("DELETE FROM alerts WHERE key IN ('lamp', 'rope')");
    }

    @Test
    void heldDeletesAreReleased() {
        zoho.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600)); // each of the 60 is asked for once more, and the other journeys have made calls
        saddlebag.pull("stock-adjustments", "full");
        List<String> gone = saddlebag.database().queryForList("SELECT zoho_adjustment_id FROM stock_adjustments ORDER BY 1 LIMIT 60", String.class);
        gone.forEach(id -> sandbox.control("DELETE", "/records/stock-adjustments/" + id, ""));
        assertThat(saddlebag.pull("stock-adjustments", "full").get("status").asText()).isEqualTo("partial");
        Page page = chromium.staff();

        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Deletes").setExact(true)).click();
        page.locator("#deletes tbody th a").first().click();
        assertThat(page.locator("#chosen tbody tr")).hasCount(60);
        page.getByLabel("Choose all on this page").check();
        assertThat(page.locator("#chosen tbody input:checked")).hasCount(60);
        page.getByText("Release", new Page.GetByTextOptions().setExact(true)).first().click();
        button(page.locator("section[aria-label=Decide]"), "Release").click();

        page.waitForURL(Pattern.compile(".*/runs/[0-9]+"));
        assertThat(page.locator("#run .status")).hasText("succeeded");
        assertThat(saddlebag.count("stock_adjustments WHERE deleted_at IS NOT NULL")).isEqualTo(60);
    }

    @Test
    void somebodyLogsInAtTheProvider() {
        provider.user(Map.of("email", "lisa@example.com", "groups", List.of("staff")));
        Page page = chromium.page(1280, true);
        page.navigate("/runs");
        assertThat(Chromium.barriers(page)).isEmpty();

        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Log in with Acme")).click();

        page.waitForURL("**/runs");
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("oidc:lisa@example.com")).click();
        assertThat(page.locator("main")).containsText("You logged in with Acme");
    }

    @Test
    void hawtioOpensAtTheRoutesAndLeavesTheConsoleOpen() {
        Page page = chromium.staff();
        page.navigate("/system");

        Page hawtio = page.waitForPopup(() -> page.locator("#process a").click());

        assertThat(hawtio.getByText("alerts-watch", new Page.GetByTextOptions().setExact(true)).first()).isVisible();
        assertThat(page.locator("#process-title")).isVisible();
        chromium.complaints(); // those of Hawtio are its own
    }

    @Test
    void aSearchWorksByTheKeyboardAlone() {
        Page page = chromium.staff();

        page.keyboard().press("Tab");
        assertThat(page.locator(".skip")).isFocused();
        page.keyboard().press("Enter");
        page.navigate("/records");
        page.getByRole(AriaRole.SEARCHBOX).focus();
        page.keyboard().type("lan");
        page.keyboard().press("Enter");
        page.waitForURL("**/records?q=lan");
        for (int i = 0; i < 60 && !page.locator("main tbody a").first().evaluate("link => link === document.activeElement").equals(true); i++) {
            page.keyboard().press("Tab");
        }
        page.keyboard().press("Enter");

        page.waitForURL(Pattern.compile(".*/records/[a-z-]+/[0-9]+"));
        assertThat(page.locator("#columns-title")).isVisible();
    }

    @Test
    void aPageSaysThatItsSessionHasEnded() {
        Page page = chromium.staff();
        page.navigate("/runs");
        page.context().clearCookies();

        page.evaluate("htmx.trigger(document.body, 'htmx:sseError')"); // as after a stream that broke off

        assertThat(page.locator("#ended")).containsText("Your session has ended");
        page.locator("#ended a").click();
        page.waitForURL("**/login**");
        chromium.complaints(); // the refusal is in the browser's console
    }

    @Test
    void everythingWorksWithoutJavaScript() {
        Page page = chromium.loggedIn(1280, false, "admin", "staff-password");

        button(page.locator("tr", new Page.LocatorOptions().setHasText("price-lists")), "Sync now price-lists").click();

        page.waitForURL(Pattern.compile(".*/runs/[0-9]+"));
        assertThat(page.locator(".said.good")).containsText("has started");
        saddlebag.ended(Long.parseLong(page.url().replaceAll(".*/", "")));
        page.reload();
        assertThat(page.locator("#run .status")).hasText("succeeded");
        assertThat(page.locator("footer .zone")).hasText("UTC");
    }

    @Test
    void timesAreInTheReadersZone() {
        Page page = chromium.staff();
        page.navigate("/runs");

        assertThat(page.locator("footer .zone")).hasText("Europe/Berlin");
        assertThat(page.locator("tbody time").first()).hasAttribute("title", Pattern.compile(".*Europe/Berlin"));
    }

    @Test
    void aPageThatNobodySeesHoldsNoConnectionAndCatchesUpWhenItIsSeen() {
        Page page = chromium.staff();
        String hidden = "isHidden => { Object.defineProperty(document, 'hidden', {configurable: true, get: () => isHidden}); document.dispatchEvent(new Event('visibilitychange')); }";
        Pattern stream = Pattern.compile(".*/events\\?since=[0-9]+");
        page.waitForRequest(stream, () -> page.navigate("/runs"));
        long seen = saddlebag.pull("price-lists", "full").get("id").asLong();
        assertThat(page.locator("#runs tbody tr").first()).containsText(Long.toString(seen));

        page.evaluate(hidden, true);
        await("the end of its stream").until(() -> !saddlebag.bean(LiveEvents.class).isWatched());
        long unseen = saddlebag.pull("categories", "full").get("id").asLong();
        page.waitForRequest(stream, () -> page.evaluate(hidden, false));

        assertThat(page.locator("#runs tbody tr").first()).containsText(Long.toString(unseen));
    }

    @Test
    void aViewerMayLookAndNotAct() {
        saddlebag.send("POST", "/api/staff", "{\"name\":\"lisa\",\"role\":\"viewer\",\"password\":\"a long password\"}");
        Page page = chromium.loggedIn(1280, true, "lisa", "a long password");

        assertThat(button(page.locator("tr", new Page.LocatorOptions().setHasText("price-lists")), "Sync now price-lists")).isDisabled();
        assertThat(page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Staff"))).hasCount(0);
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("lisa")).click();
        assertThat(page.getByLabel("Old password")).isVisible();
        assertThat(Chromium.barriers(page)).isEmpty();
    }

    @Test
    void everyPageIsUsableByEverybody() {
        Page page = chromium.staff();
        Page phone = chromium.loggedIn(390, true, "admin", "staff-password");
        List<String> found = new ArrayList<>();
        for (String address : addresses(page)) {
            page.navigate(address);
            Chromium.barriers(page).forEach(barrier -> found.add(address + " " + barrier));
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
            Chromium.faintTexts(page).forEach(text -> found.add("dark " + address + " " + text));
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
            if ("write".equals(System.getProperty("saddlebag.docs"))) {
                page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve(name(address) + ".png")).setFullPage(false));
            }
            phone.navigate(address);
            if ((Boolean) phone.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")) {
                found.add(address + " is wider than a phone");
            }
            phone.locator(".wide").all().stream().filter(table -> (Boolean) table.evaluate("table => table.scrollWidth > table.clientWidth"))
                .forEach(table -> found.add(address + " has a table that a phone cuts off: " + table.getAttribute("aria-label")));
        }

        assertThat(found).isEmpty();
    }

    /** All pages of the navigation, a run and a record. */
    private List<String> addresses(Page page) {
        List<String> all = new ArrayList<>();
        page.locator("nav a").all().forEach(link -> all.add(link.getAttribute("href")));
        all.add("/runs/" + saddlebag.database().queryForObject("SELECT max(id) FROM sync_runs WHERE entity = 'items'", Long.class));
        all.add("/records/items/" + saddlebag.database().queryForObject("SELECT min(zoho_item_id) FROM products", String.class));
        all.add("/push/crm-products");
        return all;
    }

    private static String name(String address) {
        return address.equals("/") ? "overview" : address.replaceAll("^/runs/[0-9]+$", "/run").replaceAll("^/|/[0-9]+$", "").replace('/', '-');
    }

    private static Locator link(Page page, String name) {
        return page.locator("nav").getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName(name).setExact(true));
    }

    private static Locator button(Locator within, String name) {
        return within.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(name));
    }
}
