package io.saddlebag.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.sandbox.accounts.Client;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.zoho.connection.ZohoConnection;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {

    private static final Quotas QUOTAS = new Quotas(100, 1000, 5, 10, 600, 10, 3600);

    private final Addresses addresses =
            new Addresses(Sandbox.of(new SandboxSettings(10, 0, 1, "us", QUOTAS), InstantSource.system(), null));

    @ParameterizedTest
    @CsvSource({"/control, GET", "/control/reset, POST", "/control/calls, DELETE GET", "/control/records/contacts, POST PUT",
        "/control/records/contacts/1, DELETE PATCH", "/control/items/1/image, POST", "/oauth/v2/token, POST"})
    void aPathTakesTheMethodsOfTheTable(String path, String methods) {
        assertThat(addresses.methods("/sandbox" + path)).containsExactly(methods.split(" "));
        for (String method : methods.split(" ")) {
            assertThat(addresses.find(method, "/sandbox" + path)).isPresent();
        }
        assertThat(addresses.find("TRACE", "/sandbox" + path)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/unknown", "/control/", "/control/unknown", "/controlled", "/control/reset/", "/oauth", "/oauth/v2/token/",
        "/inventories", "/booksellers"})
    void otherPathsAreNotThere(String path) {
        assertThat(addresses.find("GET", "/sandbox" + path)).isEmpty();
        assertThat(addresses.methods("/sandbox" + path)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"GET, /inventory", "GET, /inventory/v2/items", "PATCH, /inventory/v1/items", "GET, /inventory/v1/items/", "GET, /books/v3/contacts/1/2"})
    void everythingElseOfZohosApisIsAPageForPeople(String method, String path) {
        assertThat(addresses.find(method, "/sandbox" + path).orElseThrow().apply(null).status()).isEqualTo(404);
    }

    @Test
    void getAnswersHeadWhereTheWholePathIsFixed() {
        assertThat(addresses.find("HEAD", "/sandbox/control")).isPresent();
        assertThat(addresses.find("HEAD", "/sandbox/control/reset")).isEmpty();
        assertThat(addresses.find("HEAD", "/sandbox/inventory/v1/items/1").orElseThrow().apply(null).status()).isEqualTo(404);
    }

    /** The application must not use the sandbox's classes, so each side writes the values down. */
    @Test
    void withoutCredentialsTheApplicationIsTheFirstClient() {
        Client first = new Client(ZohoConnection.SANDBOX.clientId(), ZohoConnection.SANDBOX.clientSecret(),
                ZohoConnection.SANDBOX.refreshToken(), List.of(ZohoConnection.SANDBOX.orgId()));
        assertThat(first).isEqualTo(Client.FIXED);
    }
}
