package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.ConnectionCallback;

/** Rows of products that were made here get the id of their item in Zoho, and stay one row, whoever brings the item first. */
@Tag("sql")
class OwnRowsIT extends PushCase {

    private static final int ROUNDS = Integer.getInteger("saddlebag.rounds", 5);
    private static final int EACH = 10;
    private static final int MINUTES = Integer.getInteger("saddlebag.minutes", 0);

    @BeforeEach
    void ownRows(@TempDir Path folder) throws Exception {
        saddlebag().empty("webhook_events", "record_changes");
        saddlebag().database().execute("DROP VIEW push_products");
        saddlebag().database().execute("ALTER TABLE products ADD COLUMN IF NOT EXISTS own_note text");
        try (Connection other = TestDatabase.connect(TestDatabase.migrated());
             ResultSet view = other.createStatement().executeQuery("SELECT pg_get_viewdef('push_products')")) {
            view.next();
            saddlebag().database().execute("CREATE VIEW push_products AS " + view.getString(1));
        }
        Files.writeString(folder.resolve("own-items.yaml"), """
            description: Products made here as items of Zoho Inventory, by their SKU.
            view: push_products
            create: {request: POST /inventory/v1/items}
            update: {request: "PUT /inventory/v1/items/{zohoId}"}
            idPointer: /item/item_id
            required: [name, sku, rate]
            money: [rate]
            findOne: {request: GET /inventory/v1/items, query: "sku={externalKey}", list: items, key: sku, id: item_id}
            scopes: [ZohoInventory.items.CREATE]
            ownRows: products
            """);
        Files.writeString(folder.resolve("own-items.sql"), """
            SELECT p.record_key, p.sku AS external_key,
                   jsonb_build_object('name', p.name, 'sku', p.sku, 'rate', p.price, 'description', coalesce(p.description, '')) AS body
              FROM push_products p
             WHERE p.org_id = :?org AND (CAST(:?keys AS text[]) IS NULL OR p.record_key = ANY (CAST(:?keys AS text[])))
            """);
        Targets targets = saddlebag().bean(Targets.class);
        targets.put(targets.read(folder.resolve("own-items.yaml")));
        on("own-items");
    }

    @AfterEach
    void noTarget() {
        saddlebag().bean(Targets.class).remove("own-items");
        ZOHO.rules().reset();
        saddlebag().empty("webhook_registrations");
    }

    private static void make(String prefix, int count) {
        saddlebag().database().update("""
            INSERT INTO products (org_id, name, sku, price, is_active, own_note)
            SELECT ?, 'Own ' || ? || n, ? || n, 10 + n, true, 'note of ' || ? || n FROM generate_series(1, ?) n""", SaddlebagServer.ORG, prefix, prefix, prefix, count);
    }

    private static void registerWebhooks() {
        JsonNode registered = SaddlebagServer.json(saddlebag().call("POST", "/api/webhooks/register"));
        assertThat(registered.get("ok").asBoolean()).as(registered.toString()).isTrue();
    }

    /** Each of our rows is the only one of its item, has its own note, one default price of its own item, and nothing refers to a row that went. */
    private static void assertOneRowEach(int count) {
        assertOneRowEach("own-items", count);
    }

    private static void assertOneRowEach(String target, int count) {
        assertThat(one("SELECT count(*) FROM products WHERE sku LIKE 'OWN%'")).isEqualTo(String.valueOf(count));
        assertThat(one("""
            SELECT count(*) FROM products p JOIN push_state s ON s.target = '%s' AND s.record_key = CAST(p.id AS text) AND s.zoho_id = p.zoho_item_id AND s.status = 'ok'
             WHERE p.made_here AND p.own_note = 'note of ' || p.sku""".formatted(target))).isEqualTo(String.valueOf(count));
        assertThat(one("SELECT count(DISTINCT zoho_item_id) FROM products WHERE made_here")).isEqualTo(String.valueOf(count));
        assertThat(one("SELECT count(*) FROM product_prices t JOIN products p ON p.id = t.product_id AND p.made_here AND t.zoho_item_id = p.zoho_item_id"))
            .isEqualTo(String.valueOf(count));
        assertThat(one("SELECT count(*) FROM product_prices t LEFT JOIN products p ON p.id = t.product_id WHERE p.id IS NULL")).isEqualTo("0");
    }

    @Test
    void aRowMadeHereGetsTheIdOfItsItem() {
        make("OWN-A-", 3);
        assertThat(one("SELECT count(*) FROM products WHERE made_here AND zoho_item_id IS NULL")).isEqualTo("3");

        JsonNode run = push("own-items");

        assertThat(run.get("status").asText()).as(run.toString()).isEqualTo("succeeded");
        assertOneRowEach(3);
        saddlebag().pull("full");
        assertOneRowEach(3);
        assertThat(one("SELECT count(*) FROM products WHERE made_here AND source ->> 'item_id' = zoho_item_id")).as("the pull wrote our rows").isEqualTo("3");
        saddlebag().database().update("UPDATE products SET made_here = false");
        assertThat(one("SELECT count(*) FROM products WHERE made_here")).as("the note stays").isEqualTo("3");
        assertThat(push("own-items").get("calls").asInt()).as("what came back is what was sent").isZero();
    }

    @Test
    void anItemThatAWebhookBroughtFirstMovesIntoOurRow() {
        registerWebhooks();
        make("OWN-B-", 1);
        saddlebag().database().update("UPDATE product_prices SET price = 77 WHERE zoho_item_id IS NULL");
        fault("{\"kind\":\"latency\",\"ms\":2000,\"match\":\"/inventory/v1/items\",\"count\":1}");

        CompletableFuture<JsonNode> run = CompletableFuture.supplyAsync(() -> push("own-items"));
        await().until(() -> one("SELECT count(*) FROM products WHERE sku = 'OWN-B-1'").equals("2"));
        String item = one("SELECT zoho_item_id FROM products WHERE sku = 'OWN-B-1' AND NOT made_here");
        saddlebag().database().update("INSERT INTO product_stock (org_id, zoho_item_id, location_id, stock_on_hand) VALUES (?, ?, 'L1', 4) ON CONFLICT DO NOTHING",
            SaddlebagServer.ORG, item);
        saddlebag().database().update("INSERT INTO item_images (org_id, zoho_item_id, wanted_key, image_key, attempts) VALUES (?, ?, '/a.png', '/a.png', 3)",
            SaddlebagServer.ORG, item);
        assertThat(run.join().get("status").asText()).isEqualTo("succeeded");

        assertOneRowEach(1);
        assertThat(one("SELECT source ->> 'item_id' FROM products WHERE made_here")).as("Zoho's columns moved").isEqualTo(item);
        assertThat(one("SELECT price FROM product_prices")).as("a price that somebody set").isEqualTo("77");
        assertThat(one("SELECT stock_on_hand FROM product_stock WHERE zoho_item_id = '" + item + "' AND location_id = 'L1'")).isEqualTo("4");
        assertThat(one("SELECT attempts FROM item_images WHERE zoho_item_id = '" + item + "'")).isEqualTo("3");
    }

    @Test
    void aCreateWhoseAnswerIsLostTiesItsRowOnceItIsFound() {
        make("OWN-C-", 1);
        fault("{\"kind\":\"lost-answer\",\"match\":\"/inventory/v1/items\",\"count\":1}");

        push("own-items");
        push("own-items");

        assertOneRowEach(1);
        assertThat(writes("module=items").at("/writes/0/creates").asInt()).as("one create").isEqualTo(1);
        assertThat(writes("module=items").get("writes")).hasSize(1);
    }

    /** The build looks three times at once; -Dsaddlebag.minutes=10 looks every 10 s for so long. */
    @Test
    void whatComesBackIsNotSentAgain() {
        registerWebhooks();
        make("OWN-E-", 100);
        saddlebag().database().update("UPDATE products SET stock_quantity = 5, description = 'Described', unit = 'pcs' WHERE id % 2 = 0");
        on("inventory-items");
        on("crm-products");

        assertThat(push("inventory-items").get("created").asInt()).isEqualTo(100);
        assertThat(push("crm-products").get("created").asInt()).isEqualTo(100);
        await().until(() -> one("SELECT count(*) >= 100 AND bool_and(status = 'done') FROM webhook_events").equals("t"));

        AtomicInteger looks = new AtomicInteger();
        long began = System.nanoTime();
        await().atMost(Duration.ofMinutes(MINUTES + 1)).pollDelay(Duration.ZERO).pollInterval(MINUTES == 0 ? Duration.ofMillis(1) : Duration.ofSeconds(10)).until(() -> {
            saddlebag().pull("incremental");
            assertThat(push("inventory-items").get("calls").asInt()).as(one("SELECT string_agg(CAST(changes AS text), '; ') FROM push_log WHERE action = 'update'")).isZero();
            assertThat(push("crm-products").get("calls").asInt()).isZero();
            return looks.incrementAndGet() >= 3 && System.nanoTime() - began >= Duration.ofMinutes(MINUTES).toNanos();
        });
        assertThat(one("SELECT count(*) FROM zoho_calls WHERE purpose = 'push'")).as("each product once, in CRM by the hundred").isEqualTo("101");
        assertThat(Integer.parseInt(one("SELECT count(*) FROM zoho_calls WHERE purpose = 'webhook'"))).as("one fetch for each hint at most").isLessThanOrEqualTo(100);
        if (MINUTES > 0) {
            System.out.println("Echo: " + looks + " looks in " + MINUTES + " minutes, 100 products in two targets; calls of pushes 101, fetches for hints "
                + one("SELECT count(*) FROM zoho_calls WHERE purpose = 'webhook'") + " of " + one("SELECT count(*) FROM webhook_events") + " webhooks");
        }
        assertThat(one("SELECT count(*) FROM products WHERE sku LIKE 'OWN%'")).isEqualTo("100");
        assertThat(writes("module=Products").get("writes")).allSatisfy(write -> assertThat(write.get("trigger").toString()).as("CRM starts no workflow").isEqualTo("[]"));
    }

    @Test
    void aWriterMakesRowsOfItsOwnAndNothingElse() {
        assertThat(asWriter("INSERT INTO products (org_id, name, sku, price, is_active) VALUES ('%s', 'Own', 'OWN-W-1', 5, true)".formatted(SaddlebagServer.ORG))).isNull();
        assertThat(asWriter("UPDATE products SET price = 6 WHERE sku = 'OWN-W-1'")).isNull();
        assertThat(asWriter("SELECT count(*) FROM push_status, push_summary")).isNull();
        assertThat(asWriter("SELECT CAST(server_identity() AS numeric)")).as("no right is needed to know the server").isNull();
        assertThat(one("SELECT price || ' ' || made_here FROM products WHERE sku = 'OWN-W-1'")).isEqualTo("6 true");
        assertThat(one("SELECT price FROM product_prices")).as("its default price").isEqualTo("6");
        for (String statement : List.of("UPDATE products SET zoho_item_id = '1'", "UPDATE products SET made_here = false", "DELETE FROM products",
                "SELECT * FROM push_state", "SELECT * FROM push_log", "UPDATE push_targets SET state = 'on'", "SELECT confirm_push('x', 'y')")) {
            assertThat(asWriter(statement)).as(statement).contains("permission denied");
        }
        assertThat(one("SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_class c WHERE c.relname LIKE 'push%' AND has_table_privilege('saddlebag_reader', c.oid, 'SELECT')"))
            .as("what readers see of pushes").isEqualTo("push_status push_summary");
    }

    /** A function with the owner's rights would run the trigger of a table that it took for Saddlebag's. */
    @Test
    void aTableOfTheSessionNeverStandsInForOneOfSaddlebags() {
        make("OWN-T-", 1);
        assertThat(push("own-items").get("created").asInt()).as("Zoho's records have a history").isEqualTo(1);
        assertThat(asWriter("""
            CREATE TEMP TABLE record_changes (org_id text, entity text, zoho_id text, source text, run_id bigint, call_id bigint, column_name text,
                                              before jsonb, after jsonb);
            GRANT ALL ON record_changes TO PUBLIC;
            CREATE FUNCTION pg_temp.steal() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN EXECUTE format('CREATE TABLE public.stolen AS SELECT %L AS by', current_user); RETURN NEW; END $$;
            CREATE TRIGGER steal BEFORE INSERT ON record_changes FOR EACH ROW EXECUTE FUNCTION pg_temp.steal();
            UPDATE products SET name = 'Own, changed by hand';
            DISCARD TEMP""")).isNull();

        assertThat(one("SELECT CAST(to_regclass('stolen') AS text)")).isNull();
        assertThat(saddlebag().count("record_changes WHERE column_name = 'name'")).isEqualTo(1);
        assertThat(saddlebag().database().queryForList("SELECT p.oid::regprocedure || ' ' || p.proconfig::text FROM pg_proc p WHERE p.prosecdef"
            + " AND p.pronamespace = current_schema()::regnamespace AND NOT EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c ~ '^search_path=.*, pg_temp$')", String.class))
            .as("functions with the owner's rights, whose search_path must end with pg_temp").isEmpty();
    }

    @Test
    void aRowThatIsCreatedInZohoDuringAFullRunIsNotMissingThere() {
        make("OWN-U-", 3);
        long run = saddlebag().database().queryForObject("SELECT run_id FROM start_run(?, 'things', 'full', 'staff', interval '1 h', interval '1 h')", Long.class, SaddlebagServer.ORG);
        saddlebag().database().update("UPDATE sync_runs SET waiting_until = now() + interval '1 h' WHERE id = ?", run); // it has no process and no heartbeat

        assertThat(push("own-items").get("created").asInt()).isEqualTo(3);

        assertThat(saddlebag().count("products WHERE zoho_item_id IS NOT NULL AND requested_at IS NULL")).isEqualTo(3);
        assertThat(saddlebag().count("unseen_rows(" + run + ", 'products', 'zoho_item_id')")).isZero();
        saddlebag().database().update("UPDATE products SET updated_at = now() - interval '1 h'");
        assertThat(saddlebag().count("unseen_rows(" + run + ", 'products', 'zoho_item_id')")).as("stored before the run").isEqualTo(3);
        saddlebag().database().update("UPDATE sync_runs SET status = 'cancelled', finished_at = now() WHERE id = ?", run);
    }

    /** @return why the role may not; null: it may */
    private static String asWriter(String statement) {
        return saddlebag().database().execute((ConnectionCallback<String>) connection -> {
            try (Statement session = connection.createStatement()) {
                session.execute("SET ROLE saddlebag_writer");
                try {
                    session.execute(statement);
                    return null;
                } catch (SQLException e) {
                    return e.getMessage();
                } finally {
                    session.execute("RESET ROLE");
                }
            }
        });
    }

    /** A view of another table may have the ids of products too. */
    @Test
    void aRowOfProductsIsNotTiedToTheItemOfAnotherTablesRow() {
        make("OWN-G-", 1);
        String id = one("SELECT id FROM products");
        saddlebag().database().update("INSERT INTO own_products (id, sku, name, price) VALUES (?, 'MINE-1', 'Mine', 5)", id);
        saddlebag().database().execute("DROP VIEW push_products");
        saddlebag().database().execute("CREATE VIEW push_products AS SELECT '" + SaddlebagServer.ORG + "' AS org_id, id AS record_key, sku, name, price, description FROM own_products");

        assertThat(push("own-items").get("created").asInt()).isEqualTo(1);

        assertThat(one("SELECT sku || coalesce(zoho_item_id, ' has none') FROM products WHERE made_here")).isEqualTo("OWN-G-1 has none");
    }

    @Test
    void aRowMadeHereNeverGoesForAnother() {
        make("OWN-F-", 2);
        saddlebag().database().update("UPDATE products SET zoho_item_id = '46' WHERE sku = 'OWN-F-1'");

        saddlebag().database().query("SELECT tie_product(org_id, id, '46') FROM products WHERE sku = 'OWN-F-2'", row -> { });

        assertThat(one("SELECT string_agg(sku || ' ' || coalesce(zoho_item_id, '-'), ', ' ORDER BY sku) FROM products")).isEqualTo("OWN-F-1 46, OWN-F-2 -");
    }

    /** -Dsaddlebag.rounds=100 pushes 1,000 rows of each target. The shipped one has a second call for what is inactive. */
    @ParameterizedTest
    @ValueSource(strings = {"own-items", "inventory-items"})
    void answerWebhookAndPullInAnyOrderLeaveOneRow(String target) {
        registerWebhooks();
        if (target.equals("inventory-items")) {
            on(target);
        }
        for (int round = 1; round <= ROUNDS; round++) {
            make("OWN-" + round + "-", EACH);
            saddlebag().database().update("UPDATE products SET is_active = ? WHERE zoho_item_id IS NULL AND id % 3 = 0", target.equals("own-items"));
            if (ThreadLocalRandom.current().nextBoolean()) {
                fault("{\"kind\":\"latency\",\"ms\":%d,\"match\":\"/inventory/v1/items\",\"count\":%d}".formatted(ThreadLocalRandom.current().nextInt(1, 60), EACH));
            }
            List<CompletableFuture<JsonNode>> work = new ArrayList<>();
            work.add(CompletableFuture.supplyAsync(() -> push(target)));
            work.add(CompletableFuture.supplyAsync(() -> saddlebag().pull("incremental")));
            work.forEach(one -> assertThat(one.join().get("status").asText()).as(one.join().toString()).isEqualTo("succeeded"));
            ZOHO.faults().clear();
        }
        await().until(() -> one("SELECT count(*) FROM webhook_events WHERE status = 'pending'").equals("0"));

        assertOneRowEach(target, ROUNDS * EACH);
        assertThat(one("SELECT count(*) FROM webhook_events WHERE status = 'dead' OR attempts > 1")).isEqualTo("0");
        assertThat(one("SELECT count(*) FROM dead_letters")).isEqualTo("0");
    }
}
