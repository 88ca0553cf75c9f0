package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.declarations.DeclarationFault;
import io.saddlebag.pull.ActiveRuns;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;

/** One application and one Zoho for all tests of pushes; both as new before each. The own products are rows of the table own_products. */
abstract class PushCase {

    static final SandboxServer ZOHO = SandboxServer.shared();

    static SaddlebagServer saddlebag() {
        return SaddlebagServer.shared(PushCase.class, ZOHO, PushCase::makeOwnProducts, "--zoho.webhook-secret=SampleSecret1234", "--saddlebag.webhook.every=100ms",
            "--saddlebag.push.results-every=100ms",
            "--saddlebag.push.unknown-every=1h"); // a test moves the times of rows, and its own run looks for them
    }

    private static void makeOwnProducts(SaddlebagServer server) {
        server.database().execute("""
            CREATE TABLE own_products (id text PRIMARY KEY, sku text, name text, price numeric, description text, category text, active boolean DEFAULT true,
                                       zero boolean DEFAULT false, family text, recurring numeric, stock numeric, currency text)""");
    }

    @BeforeEach
    void asNew() {
        ZOHO.catalogue().reset();
        ZOHO.faults().clear();
        ZOHO.calls().reset();
        reset();
        await().until(() -> saddlebag().bean(ActiveRuns.class).list().isEmpty()); // a test before may have left a run
        ZOHO.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        saddlebag().empty("own_products", "products", "dead_letters", "sync_runs", "zoho_calls", "push_state", "push_log", "push_targets");
        saddlebag().database().execute("DELETE FROM token_requests"); // those of the tests before
        saddlebag().database().execute("DELETE FROM missing_scopes");
        saddlebag().database().execute("UPDATE organisations SET push = '{}', currency = NULL, currency_decimals = NULL");
        saddlebag().database().execute("UPDATE price_lists SET currency = NULL WHERE zoho_pricebook_id IS NULL");
        saddlebag().database().execute("UPDATE connections SET issued_at = now() - interval '10 minutes', refresh_at = now()"); // the reset ends its tokens
        saddlebag().database().execute("DROP VIEW push_products");
        saddlebag().database().execute("""
            CREATE VIEW push_products AS
            SELECT '%s' AS org_id, id AS record_key, sku, name, description, price, currency, active AS is_active, zero AS price_may_be_zero,
                   category, CAST(NULL AS text) AS brand, 'pcs' AS unit, CAST(NULL AS text) AS image_url, CAST(NULL AS text) AS link_url, stock,
                   recurring AS recurring_price, 'months' AS recurring_unit, CAST(NULL AS integer) AS cycles, CAST(NULL AS numeric) AS setup_fee,
                   family AS product_family, CAST(NULL AS text) AS tax_id
              FROM own_products""".formatted(SaddlebagServer.ORG));
    }

    /** The sandbox forgets what was written to it. */
    static void reset() {
        control("POST", "/control/reset", null);
    }

    static void on(String target) {
        saddlebag().database().update("INSERT INTO push_targets (org_id, target, state, mapping) VALUES (?, ?, 'on', ?)", SaddlebagServer.ORG, target,
            saddlebag().bean(Targets.class).of(target).mapping());
    }

    /** Makes products SKU-1, SKU-2 and so on, named Product 1 and so on. */
    static void products(int count) {
        saddlebag().database().update("""
            INSERT INTO own_products (id, sku, name, price, description, category)
            SELECT 'key-' || n, 'SKU-' || n, 'Product ' || n, 100 + n, 'Described ' || n, 'Fibre' FROM generate_series(1, ?) n""", count);
    }

    /** Starts a run and waits for its end. */
    static JsonNode push(String targetAndQuery) {
        HttpResponse<String> answer = saddlebag().call("POST", "/api/push/" + targetAndQuery);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return saddlebag().ended(SaddlebagServer.json(answer).get("runId").asLong());
    }

    /** Pushes all targets that are on, in their order, and waits for the end of the last run. */
    static void pushAll() {
        HttpResponse<String> answer = saddlebag().call("POST", "/api/push/all");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        rows("SELECT id FROM sync_runs ORDER BY id DESC LIMIT " + saddlebag().bean(Targets.class).all().size()).forEach(run -> saddlebag().ended((Long) run.get("id")));
    }

    /** The target as its files say. */
    static Target shipped(String target) {
        try {
            Targets targets = saddlebag().bean(Targets.class);
            return targets.read(Path.of("routes/push/" + target + ".yaml"));
        } catch (DeclarationFault e) {
            throw new AssertionError(e);
        }
    }

    /** The target with other words in its declaration. */
    static Target changed(String target, String words, String others) throws IOException, DeclarationFault {
        Path declaration = Path.of("routes/push/" + target + ".yaml");
        Path folder = Files.createTempDirectory(Path.of("target"), "targets");
        String text = Files.readString(declaration);
        assertThat(text).contains(words);
        Files.copy(declaration.resolveSibling(target + ".sql"), folder.resolve(target + ".sql"));
        return saddlebag().bean(Targets.class).read(Files.writeString(folder.resolve(target + ".yaml"), text.replace(words, others)));
    }

    /** @return the answer to a request that succeeds */
    static JsonNode get(String path) {
        return succeeded(saddlebag().call("GET", path));
    }

    /** @return the answer to a request that succeeds */
    static JsonNode post(String path) {
        return succeeded(saddlebag().call("POST", path));
    }

    private static JsonNode succeeded(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 202);
        return SaddlebagServer.json(answer);
    }

    static List<Map<String, Object>> rows(String sql) {
        return saddlebag().database().queryForList(sql);
    }

    static String one(String sql) {
        return saddlebag().database().queryForObject(sql, String.class);
    }

    /** How often records of a module were written, and their number. */
    static JsonNode writes(String query) {
        return control("GET", "/control/writes?" + query, null);
    }

    static void fault(String json) {
        control("POST", "/control/faults", json);
    }

    static JsonNode control(String method, String path, String body) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(ZOHO.url() + path)).header("Content-Type", "application/json")
                .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body)).build();
            HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(method + " " + path + ": " + answer.body()).isBetween(200, 299);
            return new ObjectMapper().readTree(answer.body());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
