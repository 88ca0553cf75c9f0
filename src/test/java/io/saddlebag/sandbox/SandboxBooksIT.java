package io.saddlebag.sandbox;

import static io.saddlebag.testkit.SandboxClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.sandbox.accounts.Client;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.testkit.SandboxServer;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may read what: the scopes of Inventory and of Books, and organisations without Books. */
class SandboxBooksIT {

    private static final String ORGANISATION = Client.FIXED.organizationId();

    private final SandboxServer server = SandboxServer.shared();
    private final SandboxClient zoho = new SandboxClient(server.url());

    @BeforeEach
    void asAtTheStart() {
        server.reset();
        zoho.withToken();
    }

    @Test
    void theConnectionOfTheStartMayReadEverything() {
        String scope = json(zoho.post("/oauth/v2/token", SandboxClient.REFRESH)).get("scope").textValue();
        assertThat(scope).startsWith("ZohoInventory.FullAccess.all ZohoBooks.fullaccess.all ");
        for (String path : new String[]{"/inventory/v1/bills", "/books/v3/bills", "/inventory/v1/items"}) {
            assertThat(zoho.at(path + "?per_page=1").statusCode()).as(path).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ZohoBooks.invoices.READ, /books/v3/invoices, 200", "ZohoBooks.invoices.READ, /inventory/v1/invoices, 401",
        "ZohoInventory.invoices.READ, /books/v3/invoices, 401", "ZohoBooks.invoices.ALL, /books/v3/invoices, 200",
        "ZohoBooks.invoices.CREATE, /books/v3/invoices, 401", "ZohoBooks.fullaccess.all, /books/v3/pricebooks, 200",
        "ZohoBooks.settings.READ, /books/v3/pricebooks, 200", "ZohoInventory.settings.READ, /inventory/v1/pricebooks, 200",
        "ZohoInventory.FullAccess.all, /books/v3/contacts, 401", "ZohoInventory.contacts.READ, /inventory/v1/contacts, 200",
        "ZohoInventory.contacts.READ, /inventory/v1/inventoryadjustments, 401",
        "ZohoInventory.items.READ, /inventory/v1/categories, 200", "ZohoInventory.settings.READ, /inventory/v1/categories, 200",
        "ZohoInventory.contacts.READ, /inventory/v1/items/6000000000010002001/image, 401"})
    void aTokenOpensWhatWasAgreedAndNothingElse(String scope, String path, int status) {
        zoho.agree(scope);
        HttpResponse<String> answer = zoho.at(path);
        assertThat(answer.statusCode()).isEqualTo(status);
        if (status == 401) {
            assertThat(json(answer).get("code").intValue()).isEqualTo(57);
        }
    }

    @ParameterizedTest
    @CsvSource({"57, 401", "6041, 400"})
    void anOrganisationWithoutBooksIsRefusedThereAndServedByInventory(int code, int status) {
        zoho.control("PUT", "/organisations/" + ORGANISATION, "{\"books\":false,\"code\":" + code + "}");
        HttpResponse<String> answer = zoho.at("/books/v3/invoices");
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(json(answer).get("code").intValue()).isEqualTo(code);
        assertThat(zoho.at("/inventory/v1/invoices").statusCode()).isEqualTo(200);
        assertThat(json(zoho.control("GET", "", "")).at("/withoutBooks/" + ORGANISATION).intValue()).isEqualTo(code);
        zoho.control("PUT", "/organisations/" + ORGANISATION, "{\"books\":true}");
        assertThat(zoho.at("/books/v3/invoices").statusCode()).isEqualTo(200);
    }

    @Test
    void withoutACodeItIsRefusedLikeAMissingScopeUntilTheReset() {
        zoho.control("PUT", "/organisations/" + ORGANISATION, "{\"books\":false}");
        assertThat(json(zoho.at("/books/v3/bills")).get("code").intValue()).isEqualTo(57);
        assertThat(server.books().without()).isEqualTo(Map.of(ORGANISATION, 57));
        server.reset();
        assertThat(zoho.withToken().at("/books/v3/bills").statusCode()).isEqualTo(200);
    }
}
