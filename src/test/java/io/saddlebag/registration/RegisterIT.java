package io.saddlebag.registration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.sandbox.limits.CallLog;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.webhook.WebhookCase;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Webhooks that are set up in Zoho by one call, and then sent. */
@Tag("sql")
@ExtendWith(OutputCaptureExtension.class)
class RegisterIT extends WebhookCase {

    private static final String REGISTER = "/api/webhooks/register";
    /** Items, customers, vendors, invoices, bills, adjustments and payments: created, updated, deleted. */
    private static final int WEBHOOKS = 21;
    private static final int LISTS = 4;

    @BeforeEach
    @AfterEach
    void nothingIsRegistered() {
        ZOHO.rules().reset();
        saddlebag().empty("webhook_registrations");
    }

    @Test
    void aDryRunSaysWhatItWouldDoAndSendsNothingThatChanges() {
        JsonNode plan = register("?dryRun=true");

        assertThat(plan.get("webhooks")).hasSize(WEBHOOKS).allSatisfy(webhook -> assertThat(webhook.get("status").asText()).isEqualTo("created"));
        assertThat(plan.get("callsToMake").asInt()).isEqualTo(2 * WEBHOOKS);
        assertThat(plan.get("calls").asInt()).isEqualTo(LISTS);
        assertThat(settingsCalls()).hasSize(LISTS).allSatisfy(call -> assertThat(call.method()).isEqualTo("GET"));
        assertThat(saddlebag().count("webhook_registrations")).isZero();
    }

    @Test
    void eachKindHasAWebhookForEachEventAndASecondCallFindsThemAll(CapturedOutput log) {
        JsonNode first = register("");

        assertThat(first.get("ok").asBoolean()).as(first.toString()).isTrue();
        assertThat(first.get("webhooks")).hasSize(WEBHOOKS).allSatisfy(webhook -> assertThat(webhook.get("status").asText()).isEqualTo("created"));
        assertThat(urls(first)).contains(base() + "/api/zoho/sync-products?event=created&org=" + SaddlebagServer.ORG,
            base() + "/api/zoho/sync-stock?event=deleted&org=" + SaddlebagServer.ORG,
            base() + "/api/zoho/webhooks/customer-payments?event=updated&org=" + SaddlebagServer.ORG);
        assertThat(first.get("notes").toString()).contains("retry policy", "No webhooks of price-lists");
        ZOHO.calls().reset();

        JsonNode second = register("");

        assertThat(second.get("webhooks")).hasSize(WEBHOOKS).allSatisfy(webhook -> assertThat(webhook.get("status").asText()).isEqualTo("exists"));
        assertThat(settingsCalls()).as("it only looked").hasSize(LISTS);
        assertThat(first.toString() + second + log).doesNotContain("RotatedSecret99");
    }

    @Test
    void aSecondRegistrationAtTheSameTimeIsRefusedAndNothingIsMadeTwice() throws Exception {
        ZOHO.faults().add(Fault.latency(300).next(4)); // the lists
        CompletableFuture<JsonNode> first = CompletableFuture.supplyAsync(() -> register(""));
        Awaitility.await().until(() -> saddlebag().count("organisations WHERE registering_until > now()") == 1);

        HttpResponse<String> second = saddlebag().call("POST", REGISTER);

        assertThat(second.statusCode()).as(second.body()).isEqualTo(409);
        assertThat(second.body()).contains("under way");
        assertThat(register("?dryRun=true").get("dryRun").asBoolean()).as("a plan may look meanwhile").isTrue();
        assertThat(first.get(1, TimeUnit.MINUTES).get("ok").asBoolean()).isTrue();
        assertThat(saddlebag().count("webhook_registrations")).isEqualTo(WEBHOOKS);
        assertThat(register("").get("webhooks")).hasSize(WEBHOOKS).allSatisfy(webhook -> assertThat(webhook.get("status").asText()).isEqualTo("exists"));
    }

    @Test
    void aRegistrationThatBreaksOffIsNoLongerUnderWay() {
        saddlebag().database().execute("ALTER TABLE audit_log RENAME TO audit_log_elsewhere");
        try {
            assertThat(saddlebag().call("POST", REGISTER).statusCode()).isEqualTo(500);
        } finally {
            saddlebag().database().execute("ALTER TABLE audit_log_elsewhere RENAME TO audit_log");
        }
        assertThat(saddlebag().count("organisations WHERE registering_until > now()")).isZero();
        assertThat(register("").get("ok").asBoolean()).isTrue();
    }

    @Test
    void whatChangesInZohoIsInTheTableWithoutAPull() {
        long runs = saddlebag().count("sync_runs"); // of classes before
        register("");

        eventually(newItem("Lamp"), "name", "Lamp"); // one that is known to live, for the proof of the delete
        String id = newItem("Lantern");
        eventually(id, "name", "Lantern");
        ZOHO.catalogue().change(id, JsonNodeFactory.instance.objectNode().put("name", "Storm lantern").put("last_modified_time",
            "2099-01-01T00:00:00+0000"), Set.of(), true);
        eventually(id, "name", "Storm lantern");
        ZOHO.catalogue().remove(id);
        Awaitility.await().until(() -> product(id).get("deleted_at") != null);
        ZOHO.records("contacts").add(JsonNodeFactory.instance.objectNode().put("contact_name", "Ada").put("contact_type", "vendor")
            .put("status", "active").put("currency_code", "EUR"));
        Awaitility.await().until(() -> saddlebag().count("customers WHERE name = 'Ada'") == 1);

        assertThat(saddlebag().count("sync_runs")).as("runs").isEqualTo(runs);
        assertThat(saddlebag().database().queryForList("SELECT event || ' ' || entity FROM webhook_events ORDER BY id", String.class))
            .containsExactly("created items", "created items", "updated items", "deleted items", "created contacts");
    }

    @Test
    void anotherSecretOrAddressChangesOnlyTheWebhooks() {
        register("");
        saddlebag().database().execute("UPDATE webhook_registrations SET fingerprint = 'another secret''s'"
            + " WHERE webhook_id = (SELECT min(webhook_id) FROM webhook_registrations)");

        JsonNode again = register("");
        assertThat(again.get("webhooks")).filteredOn(webhook -> webhook.get("status").asText().equals("changed")).hasSize(1)
            .allSatisfy(webhook -> assertThat(webhook.get("rule").asText()).isEqualTo("exists"));
        assertThat(register("").get("webhooks")).extracting(webhook -> webhook.get("status").asText()).containsOnly("exists");

        saddlebag().empty("webhook_registrations"); // nobody knows the secret with which they were registered
        assertThat(register("").get("webhooks")).extracting(webhook -> webhook.get("status").asText()).containsOnly("changed");
    }

    @Test
    void aRuleThatCouldNotBeChangedForANewWebhookIsChangedByTheNextRegistration() {
        register("");
        SandboxClient zoho = new SandboxClient(ZOHO.url()).withToken();
        SaddlebagServer.json(zoho.get("/settings/webhooks")).get("webhooks").forEach(webhook -> zoho.send("DELETE",
            "/inventory/v1/settings/webhooks/" + webhook.get("webhook_id").asText() + "?organization_id=" + SaddlebagServer.ORG, JSON, ""));
        ZOHO.faults().add(Fault.limit(2).status(400).on("PUT /sandbox/inventory/v1/settings/workflows"));
        assertThat(of(register(""), "item", "created").get("status").asText()).isEqualTo("failed");
        ZOHO.faults().clear();

        JsonNode webhook = of(register(""), "item", "created");

        assertThat(webhook.get("webhook").asText()).isEqualTo("exists");
        assertThat(webhook.get("rule").asText()).isEqualTo("changed");
        eventually(newItem("Lantern"), "name", "Lantern");
        assertThat(of(register(""), "item", "created").get("rule").asText()).isEqualTo("exists");
    }

    @Test
    void somebodysOwnWebhookWithOurAddressIsLeft() {
        String url = base() + "/api/zoho/sync-products?event=created&org=" + SaddlebagServer.ORG;
        new SandboxClient(ZOHO.url()).withToken().send("POST", "/inventory/v1/settings/webhooks?organization_id=" + SaddlebagServer.ORG, JSON, "{\"webhook_name\":\"Mine\",\"entity\":\"item\",\"url\":\"" + url + "\",\"method\":\"POST\"}");

        JsonNode webhook = of(register(""), "item", "created");

        assertThat(webhook.get("webhook").asText()).isEqualTo("exists");
        assertThat(webhook.get("rule").asText()).as("none sent it").isEqualTo("created");
        assertThat(webhook.get("detail").asText()).contains("Mine");
    }

    @Test
    void aMissingScopeIsNamedAndIsNoTroubleOfTheConnection() {
        ZOHO.faults().add(Fault.of(Fault.Kind.WRONG_SCOPE).on("POST /sandbox/books/v3/settings"));

        JsonNode answer = register("");

        assertThat(answer.get("ok").asBoolean()).isFalse();
        assertThat(answer.get("webhooks")).filteredOn(webhook -> webhook.get("product").asText().equals("Books"))
            .allSatisfy(webhook -> assertThat(webhook.get("status").asText()).isEqualTo("failed"))
            .allSatisfy(webhook -> assertThat(webhook.get("detail").asText()).contains("ZohoBooks.settings.CREATE", "for=webhooks", "by hand"));
        assertThat(answer.get("webhooks")).filteredOn(webhook -> webhook.get("product").asText().equals("Inventory"))
            .allSatisfy(webhook -> assertThat(webhook.get("status").asText()).isEqualTo("created"));
        assertThat(ZOHO.calls().list()).filteredOn(call -> call.path().startsWith("/sandbox/books") && call.method().equals("POST"))
            .as("tried once, and once more with a fresh token").hasSizeLessThan(4);
        assertThat(saddlebag().count("missing_scopes")).isZero();
        ZOHO.faults().clear();
        assertThat(register("").get("ok").asBoolean()).as("what was missing is added").isTrue();
    }

    @Test
    void anApiThatIsNotThereAndAModuleThatIsNoneAreToBeSetUpByHand() {
        ZOHO.faults().add(Fault.status(Fault.Kind.HTML, 404).on("/books/v3/settings"));
        ZOHO.faults().add(Fault.limit(2).status(400).on("POST /sandbox/inventory/v1/settings/workflows").next(1));

        JsonNode answer = register("");

        assertThat(of(answer, "invoice", "created").get("detail").asText()).contains("by hand", "docs/howto/webhooks.md");
        assertThat(answer.get("webhooks")).filteredOn(webhook -> webhook.get("product").asText().equals("Inventory")
            && webhook.get("status").asText().equals("failed")).as("the others are registered all the same").hasSize(1);
    }

    @Test
    void withoutASecretNothingIsRegistered() {
        String second = "60000000009";
        try {
            saddlebag().send("POST", "/api/organisations", "{\"orgId\":\"" + second + "\",\"name\":\"Second\",\"sameConnectionAs\":\""
                + SaddlebagServer.ORG + "\",\"kinds\":[\"invoices\"]}");
            assertProblem(saddlebag().call("POST", REGISTER + "?org=" + second), 409, "webhookSecret");
            assertProblem(saddlebag().call("POST", REGISTER + "?dryRun=perhaps"), 400, "dryRun");
            assertThat(saddlebag().call("POST", REGISTER, null).statusCode()).isEqualTo(401);
            assertThat(settingsCalls()).isEmpty();
        } finally {
            saddlebag().call("DELETE", "/api/organisations/" + second);
            saddlebag().database().update("DELETE FROM organisations WHERE org_id = ?", second);
        }
    }

    @Test
    void theConsentPageAsksForSettingsOnlyWhereTheyAreWanted() {
        assertThat(saddlebag().call("GET", "/oauth/connect?for=webhooks").headers().firstValue("Location")).hasValueSatisfying(page ->
            assertThat(page).contains("ZohoInventory.settings.CREATE", "ZohoBooks.settings.UPDATE", "ZohoInventory.items.READ"));
        assertThat(saddlebag().call("GET", "/oauth/connect").headers().firstValue("Location")).hasValueSatisfying(page ->
            assertThat(page).contains("ZohoInventory.items.READ").doesNotContain("CREATE", "UPDATE"));
    }

    private static JsonNode register(String query) {
        HttpResponse<String> answer = saddlebag().call("POST", REGISTER + query);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return SaddlebagServer.json(answer);
    }

    private static List<CallLog.Call> settingsCalls() {
        return ZOHO.calls().list().stream().filter(call -> call.path().contains("/settings/")).toList();
    }

    private static String base() {
        return "http://localhost:" + saddlebag().port();
    }

    private static List<String> urls(JsonNode answer) {
        return StreamSupport.stream(answer.get("webhooks").spliterator(), false).map(webhook -> webhook.get("url").asText()).toList();
    }

    private static JsonNode of(JsonNode answer, String module, String event) {
        return StreamSupport.stream(answer.get("webhooks").spliterator(), false)
            .filter(webhook -> webhook.get("module").asText().equals(module) && webhook.get("event").asText().equals(event)).findFirst().orElseThrow();
    }

    private static void eventually(String id, String column, String value) {
        Awaitility.await().until(() -> saddlebag().count("products WHERE zoho_item_id = '" + id
            + "' AND " + column + " = '" + value + "'") == 1);
    }
}
