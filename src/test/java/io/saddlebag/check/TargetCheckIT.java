package io.saddlebag.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.push.Target;
import io.saddlebag.push.Targets;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.testkit.SandboxServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Before a target writes, the check says whether Zoho can take what it would write, and in which menu a person repairs it. */
class TargetCheckIT {

    private static final SandboxServer ZOHO = SandboxServer.shared();
    private static SaddlebagServer saddlebag;

    @BeforeAll
    static void start() {
        saddlebag = SaddlebagServer.plain().asStarted();
    }

    @AfterAll
    static void stop() {
        unique("Product_Code");
        ZOHO.reset();
    }

    @BeforeEach
    void asNew() {
        ZOHO.reset();
        ZOHO.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        unique("Product_Code");
        saddlebag.database().update("DELETE FROM push_targets");
        saddlebag.database().update("DELETE FROM token_requests");
        saddlebag.database().update("UPDATE connections SET access_token = NULL, refresh_at = NULL, ends_at = NULL, needs_person = NULL");
        saddlebag.database().update("UPDATE organisations SET kinds = '{items}'");
    }

    @Test
    void aTargetThatIsOffIsNotTried() {
        target("off");
        assertThat(names(check())).containsExactly("credentials", "region", "organisation", "kinds", "scope items");
    }

    @ParameterizedTest
    @CsvSource({"on", "planned"})
    void aTargetThatZohoCanTakeIsOk(String state) {
        target(state);
        saddlebag.database().update("UPDATE push_targets SET check_error = 'of old'");
        JsonNode told = check();
        assertThat(told.get("ok").asBoolean()).as(told.toString()).isTrue();
        assertThat(names(told)).endsWith("scope crm-products", "unique crm-products");
        assertThat(detail(told, "unique crm-products")).isEqualTo("Products.Product_Code takes no duplicates");
        assertThat(saddlebag.count("push_targets WHERE checked_at IS NOT NULL AND check_error IS NULL")).isEqualTo(1);
        assertThat(saddlebag.database().queryForList("SELECT DISTINCT purpose FROM zoho_calls WHERE product = 'crm'", String.class)).containsExactly("check");
    }

    @Test
    void aKeyThatTakesDuplicatesIsToldWithTheMenuThatForbidsThem() {
        target("on");
        unique();
        JsonNode told = check();
        assertThat(told.get("ok").asBoolean()).isFalse();
        assertThat(detail(told, "unique crm-products")).contains("Products.Product_Code takes duplicates",
            "Setup > Customization > Modules and Fields > Products > Product_Code > Edit properties > Do not allow duplicate values");
        assertThat(saddlebag.database().queryForObject("SELECT check_error FROM push_targets", String.class)).contains("Do not allow duplicate values");
    }

    @Test
    void aMissingScopeIsNamedWithTheConsentThatAsksForIt() {
        target("on");
        ZOHO.faults().add(Fault.of(Fault.Kind.WRONG_SCOPE).on("/crm/v8/Products"));
        JsonNode told = check();
        assertThat(detail(told, "scope crm-products")).contains("lacks one of the scopes", "ZohoCRM.modules.products.ALL",
            "/oauth/connect?org=" + SaddlebagServer.ORG + "&for=push");
        assertThat(saddlebag.database().queryForObject("SELECT check_error FROM push_targets", String.class)).contains("ZohoCRM.modules.products.ALL");
    }

    @Test
    void aScopeThatZohoDoesNotNameIsTriedBeforeItIsCalledMissing() {
        Target target = saddlebag.bean(Targets.class).of("crm-products");
        TargetCheck check = saddlebag.bean(TargetCheck.class);
        CheckReport report = new CheckReport("1", true, "us", 1L, null);
        check.of(report, row("ZohoInventory.items.READ ZohoCRM.settings.ALL ZohoCRM.coql.READ"));
        check.readable(report, target);
        assertThat(report.isOk()).isTrue();
        assertThat(report.lines()).contains("a record can be read", "ZohoCRM.modules.products.ALL", "for=push").doesNotContain("coql");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"case_sensitive":true} | true
        true                    | true
        {}                      | false
        false                   | false
        null                    | false
        """)
    void zohoHasTwoWaysToSayThatAFieldTakesNoDuplicates(String unique, boolean ok) throws Exception {
        Target target = saddlebag.bean(Targets.class).of("crm-products");
        CheckReport report = new CheckReport("1", true, "us", 1L, null);
        Map<String, Object> answer = new ObjectMapper().readValue(
            "{\"fields\":[{\"api_name\":\"Product_Name\",\"unique\":{}},{\"api_name\":\"Product_Code\",\"unique\":" + unique + "}]}",
            new TypeReference<>() { });
        saddlebag.bean(TargetCheck.class).unique(report, target, answer);
        assertThat(report.isOk()).isEqualTo(ok);
        saddlebag.bean(TargetCheck.class).unique(report, target, Map.of("fields", List.of()));
        assertThat(report.lines()).contains("no field Product_Code in Products");
    }

    private static Map<String, Object> row(String scopes) {
        Map<String, Object> row = new HashMap<>();
        row.put("scopes", scopes);
        row.put("targets", "crm-products");
        return row;
    }

    private static void target(String state) {
        saddlebag.database().update("INSERT INTO push_targets (org_id, target, state) VALUES (?, 'crm-products', ?)", SaddlebagServer.ORG, state);
    }

    private static void unique(String... fields) {
        new SandboxClient(ZOHO.url()).send("PUT", "/control/crm", "application/json",
            "{\"unique\":{\"Products\":[" + (fields.length == 0 ? "" : "\"" + String.join("\",\"", fields) + "\"") + "]}}");
    }

    private static JsonNode check() {
        return SaddlebagServer.json(saddlebag.call("POST", "/api/zoho/check"));
    }

    private static List<String> names(JsonNode told) {
        return told.get("checks").findValuesAsText("check");
    }

    private static String detail(JsonNode told, String check) {
        return StreamSupport.stream(told.get("checks").spliterator(), false).filter(result -> result.get("check").asText().equals(check))
            .findFirst().orElseThrow(() -> new AssertionError(check + " is not in " + told)).get("detail").asText();
    }
}
