package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.saddlebag.testkit.SaddlebagServer;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** Every active product with a price above 0 has a price in the default list; other lists have what Zoho says. */
@Tag("sql")
class PricesIT extends PullCase {

    private static final String ORG = "60000000001";
    private static final String WITHOUT_DEFAULT = """
            products p WHERE is_active AND price > 0 AND deleted_at IS NULL AND NOT EXISTS (
                SELECT 1 FROM product_prices t JOIN price_lists l ON l.id = t.list_id AND l.is_default
                 WHERE t.product_id = p.id AND t.deleted_at IS NULL)""";

    private JdbcTemplate database;

    @BeforeEach
    void withItems() {
        database = saddlebag().database();
        database.execute("TRUNCATE price_lists CASCADE");
        saddlebag().pull("full");
    }

    @Test
    void everyActiveProductWithAPriceHasOneInTheDefaultListAndNoOther() {
        assertThat(saddlebag().count(WITHOUT_DEFAULT)).isZero();
        assertThat(saddlebag().count("product_prices WHERE origin = 'default'"))
                .isEqualTo(saddlebag().count("products WHERE is_active AND price > 0")).isPositive();
        assertThat(database.queryForList("SELECT DISTINCT name FROM price_lists", String.class)).containsExactly("Standard");
    }

    @Test
    void aDefaultPriceFollowsTheProductUntilSomeoneSetsAnother() {
        String item = item();
        price(item, "21.50");
        assertThat(defaultPrice(item)).isEqualByComparingTo("21.50");

        database.update("UPDATE product_prices SET price = 20 WHERE zoho_item_id = ? AND origin = 'default'", item);
        price(item, "23");
        assertThat(defaultPrice(item)).isEqualByComparingTo("20");
    }

    @Test
    void aPriceThatBecomesZeroLeavesTheDefaultPriceAlone() {
        String item = item();
        BigDecimal before = defaultPrice(item);
        price(item, "0");
        assertThat(defaultPrice(item)).isEqualByComparingTo(before);

        price(item, "7.25");
        assertThat(defaultPrice(item)).isEqualByComparingTo("7.25");
    }

    @Test
    void whoeverDeletesADefaultPriceFindsItAgain() {
        database.update("DELETE FROM product_prices");
        assertThat(saddlebag().count(WITHOUT_DEFAULT)).isZero();

        database.update("UPDATE product_prices SET deleted_at = now()");
        assertThat(saddlebag().count(WITHOUT_DEFAULT)).isZero();
    }

    @Test
    void aProductMadeHereHasADefaultPriceToo() {
        database.update("INSERT INTO products (org_id, name, price, is_active) VALUES (?, 'made here', 5, true)", ORG);
        assertThat(saddlebag().count(WITHOUT_DEFAULT)).isZero();
        database.update("DELETE FROM products WHERE zoho_item_id IS NULL");
    }

    @Test
    void percentagesAreComputedAndFollowTheProduct() {
        String item = item();
        price(item, "10.99");
        list("7001", "Retail", "fixed_percentage", "{\"rounding_type\":\"no_rounding\",\"decimal_place\":2}", "12.5", true);
        list("7002", "Sale", "fixed_percentage", "{\"rounding_type\":\"round_to_dollar_minus_01\"}", "20", false);
        assertThat(priceIn(item, "7001")).isEqualByComparingTo("12.36");
        assertThat(priceIn(item, "7002")).isEqualByComparingTo("8.99");

        price(item, "20");
        assertThat(priceIn(item, "7001")).isEqualByComparingTo("22.5");
    }

    @Test
    void aPercentageOfAPriceThatIsGoneIsGoneToo() {
        String item = item();
        price(item, "10.99");
        list("7001", "Retail", "fixed_percentage", "{}", "12.5", true);
        list("7002", "Bought", "fixed_percentage", "{}", "10", false);
        database.update("UPDATE price_lists SET sales_or_purchase = 'purchases', percentage = 11 WHERE zoho_pricebook_id = '7002'");
        String prices = "product_prices WHERE zoho_item_id = '" + item + "' AND zoho_pricebook_id IN ('7001', '7002') AND deleted_at IS NULL";
        long before = saddlebag().count(prices);
        database.update("UPDATE products SET price = NULL, purchase_price = NULL WHERE zoho_item_id = ?", item);
        assertThat(saddlebag().count(prices)).isZero();
        price(item, "11");
        assertThat(saddlebag().count(prices)).isBetween(1L, before);

        database.update("UPDATE products SET deleted_at = now() WHERE zoho_item_id = ?", item);
        assertThat(saddlebag().count(prices)).as("of a product that Zoho deleted").isZero();
        database.update("UPDATE products SET deleted_at = NULL WHERE zoho_item_id = ?", item);
        assertThat(saddlebag().count(prices)).isPositive();
    }

    /** The list is at fault, and not the products whose prices it would give. */
    @Test
    void aListWithoutAWholeNumberOfDecimalsIsRefusedAndStopsNoProduct() {
        String item = item();
        list("7005", "Odd", "fixed_percentage", "{\"decimal_place\":\"two\"}", "10", true);
        list("7006", "Even", "fixed_percentage", "{\"decimal_place\":1.0}", "10", true);
        price(item, "20.05");
        assertThat(priceIn(item, "7005")).isEqualByComparingTo("22.06");
        assertThat(priceIn(item, "7006")).isEqualByComparingTo("22.1");

        String id = ZOHO.records("price-lists").add(JsonNodeFactory.instance.objectNode().put("name", "Odd too").put("pricebook_type", "fixed_percentage")
            .put("percentage", 5).put("decimal_place", "two"));
        assertThat(saddlebag().pull("price-lists", "full").get("rejected").asInt()).isPositive();
        assertThat(saddlebag().count("dead_letters WHERE zoho_id = '" + id + "' AND error LIKE 'decimal_place is no%'")).isEqualTo(1);
        ZOHO.records("price-lists").remove(id);
    }

    @Test
    void anItemsOwnPriceAndItsBracketsAreKeptAndLeaveWithTheList() {
        String item = item();
        list("7003", "Wholesale", "per_item", """
                {"pricebook_items":[{"item_id":"%s","pricebook_rate":"","price_brackets":[
                  {"start_quantity":1,"end_quantity":9,"pricebook_rate":5.5},{"start_quantity":"10","end_quantity":"","pricebook_rate":"4.125"}]},
                  {"item_id":"999","pricebook_rate":3},{"item_id":"","pricebook_rate":3},{"item_id":"998","pricebook_rate":""}]}"""
                .formatted(item), null, null);
        assertThat(priceIn(item, "7003")).isEqualByComparingTo("5.5");
        assertThat(priceIn("999", "7003")).as("of an item that is not here yet").isEqualByComparingTo("3");
        assertThat(database.queryForList("SELECT price FROM product_price_brackets ORDER BY start_quantity", BigDecimal.class))
                .usingElementComparator(BigDecimal::compareTo).containsExactly(new BigDecimal("5.5"), new BigDecimal("4.125"));

        list("7003", "Wholesale", "per_item", "{\"pricebook_items\":[{\"item_id\":\"%s\",\"pricebook_rate\":\"\"},{\"item_id\":\"999\",\"pricebook_rate\":3}]}"
                .formatted(item), null, null);
        assertThat(saddlebag().count("product_prices WHERE zoho_pricebook_id = '7003' AND deleted_at IS NULL"))
                .as("an item that the list no longer prices").isEqualTo(1);
        list("7003", "Wholesale", "per_item", "{\"pricebook_items\":[]}", null, null);
        assertThat(saddlebag().count("product_prices WHERE zoho_pricebook_id = '7003' AND deleted_at IS NULL")).isZero();
    }

    @Test
    void aListThatBecomesOneOfPercentagesHasNoBrackets() {
        String item = item();
        list("7003", "Wholesale", "per_item", "{\"pricebook_items\":[{\"item_id\":\"%s\",\"pricebook_rate\":7,\"price_brackets\":[{\"start_quantity\":10,\"pricebook_rate\":6}]}]}"
                .formatted(item), null, null);
        assertThat(saddlebag().count("product_price_brackets")).isEqualTo(1);

        database.update("UPDATE price_lists SET pricebook_type = 'fixed_percentage', percentage = 10, is_increase = false, source = '{}' WHERE zoho_pricebook_id = '7003'");

        assertThat(priceIn(item, "7003")).isNotEqualByComparingTo("7");
        assertThat(saddlebag().count("product_price_brackets")).isZero();
    }

    @Test
    void ofBracketsWithOneStartTheFirstCountsAndBeforeItOneWhoseStartIsGiven() {
        list("7010", "Wholesale", "per_item", """
                {"pricebook_items":[{"item_id":"997","pricebook_rate":9,"price_brackets":[
                  {"start_quantity":"","end_quantity":4,"pricebook_rate":1},{"end_quantity":4,"pricebook_rate":2},
                  {"start_quantity":0,"end_quantity":4,"pricebook_rate":3},{"start_quantity":"5","pricebook_rate":4},{"start_quantity":5,"pricebook_rate":5}]}]}""",
                null, null);

        assertThat(database.queryForList("SELECT b.start_quantity || ' ' || b.price FROM product_price_brackets b JOIN product_prices p ON p.id = b.price_id"
                + " WHERE p.zoho_item_id = '997' ORDER BY b.start_quantity", String.class)).containsExactly("0 3", "5 4");
    }

    @Test
    void pricesThatCameBeforeTheirItemsAreNoHindrance() {
        String item = item();
        saddlebag().empty("products", "product_prices", "sync_watermarks");
        list("7005", "Standard", "per_item", "{\"pricebook_items\":[{\"item_id\":\"%s\",\"pricebook_rate\":78}]}".formatted(item), null, null);

        assertThat(saddlebag().pull("full").path("rejected").asInt()).isZero();

        assertThat(priceIn(item, "7005")).isEqualByComparingTo("78");
        assertThat(saddlebag().count("product_prices WHERE product_id IS NULL")).isZero();
        assertThat(saddlebag().count(WITHOUT_DEFAULT)).isZero();
    }

    @Test
    void aListOfZohoWithTheDefaultNameTakesItsPlace() {
        String item = item();
        list("7004", "Standard", "per_item", "{\"pricebook_items\":[{\"item_id\":\"%s\",\"pricebook_rate\":77}]}".formatted(item), null, null);

        assertThat(saddlebag().count("price_lists WHERE is_default")).isEqualTo(1);
        assertThat(saddlebag().count(WITHOUT_DEFAULT)).isZero();
        assertThat(priceIn(item, "7004")).isEqualByComparingTo("77");
        assertThat(saddlebag().count("product_prices WHERE zoho_pricebook_id IS NULL")).isZero();

        list("7004", "Standard", "per_item", "{\"pricebook_items\":[]}", null, null);
        assertThat(saddlebag().count(WITHOUT_DEFAULT)).as("Zoho no longer prices it").isZero();
    }

    @Test
    void aListThatIsRenamedToTheDefaultNameTakesItsPlaceAndKeepsItsOwnPrices() {
        String item = item();
        list("7006", "Retail", "per_item", "{\"pricebook_items\":[{\"item_id\":\"%s\",\"pricebook_rate\":66}]}".formatted(item), null, null);
        list("7006", "Standard", "per_item", "{\"pricebook_items\":[{\"item_id\":\"%s\",\"pricebook_rate\":66}]}".formatted(item), null, null);

        assertThat(defaultPrice(item)).isEqualByComparingTo("66");
        assertThat(saddlebag().count("price_lists WHERE is_default AND zoho_pricebook_id = '7006'")).isEqualTo(1);
        assertThat(saddlebag().count("price_lists WHERE zoho_pricebook_id IS NULL")).isZero();
        assertThat(saddlebag().count(WITHOUT_DEFAULT)).isZero();

        database.update("UPDATE price_lists SET deleted_at = now()");
        list("7007", "Standard", "per_item", "{\"pricebook_items\":[]}", null, null);
        assertThat(saddlebag().count("price_lists WHERE is_default AND zoho_pricebook_id = '7007'")).as("made again in Zoho").isEqualTo(1);
        assertThat(saddlebag().count(WITHOUT_DEFAULT)).isZero();
    }

    @Test
    void theCurrencyOfTheDefaultListIsThatOfItsPricesWhoeverSetThem() {
        String item = item();
        list("7008", "Standard", "per_item", "{\"pricebook_items\":[]}", null, null);
        database.update("UPDATE product_prices SET price = 3 WHERE zoho_item_id = ?", item);
        database.update("UPDATE price_lists SET currency = 'EUR'");

        assertThat(saddlebag().count("product_prices WHERE currency IS DISTINCT FROM 'EUR'")).isZero();
        assertThat(defaultPrice(item)).isEqualByComparingTo("3");
    }

    @Test
    void aDefaultListThatIsDeletedIsMadeAgainWithItsPrices() {
        database.update("DELETE FROM price_lists");
        assertThat(saddlebag().count(WITHOUT_DEFAULT)).isZero();
    }

    @Test
    void pricesOfZohosListsOutlastARowThatIsDeletedByHandAndDefaultOnesDoNot() {
        String item = item();
        list("7009", "Wholesale", "per_item", "{\"pricebook_items\":[{\"item_id\":\"%s\",\"pricebook_rate\":4}]}".formatted(item), null, null);
        database.update("DELETE FROM products WHERE zoho_item_id = ?", item);
        assertThat(saddlebag().count("product_prices WHERE zoho_item_id = '" + item + "'")).isEqualTo(1);

        saddlebag().call("POST", "/api/sync/items/" + item);

        assertThat(priceIn(item, "7009")).isEqualByComparingTo("4");
        assertThat(saddlebag().count("product_prices WHERE product_id IS NULL")).isZero();
        assertThat(saddlebag().count(WITHOUT_DEFAULT)).isZero();
    }

    @Test
    void aVerificationFindsAWrongPriceOfAListAndRepairsItOnDemand() {
        saddlebag().pull("price-lists", "full");
        assertThat(verify("")).isZero();
        Map<String, Object> price = database.queryForMap("SELECT t.id, t.price FROM product_prices t JOIN price_lists l ON l.id = t.list_id"
                + " WHERE t.origin = 'zoho' AND l.pricebook_type <> 'fixed_percentage' LIMIT 1");
        database.update("UPDATE product_prices SET price = price + 1 WHERE id = ?", price.get("id"));

        assertThat(verify("")).isEqualTo(1);
        assertThat(verify("?repair=true")).isEqualTo(1);

        assertThat(database.queryForObject("SELECT price FROM product_prices WHERE id = ?", BigDecimal.class, price.get("id")))
                .isEqualTo(price.get("price"));
        assertThat(verify("")).isZero();
    }

    /** @return how many lists differed */
    private static int verify(String query) {
        long run = SaddlebagServer.json(saddlebag().call("POST", "/api/verify/price-lists" + query)).get("runId").asLong();
        saddlebag().ended(run);
        return saddlebag().database().queryForObject("SELECT CAST(found ->> 'differing' AS integer) FROM sync_runs WHERE id = ?", Integer.class, run);
    }

    @Test
    void theChangesOfAPriceAreItsHistory() {
        String item = item();
        price(item, "31");
        assertThat(database.queryForList("SELECT h.after::text || ' ' || h.source FROM record_history h JOIN product_prices p ON h.zoho_id = p.id::text"
                + " WHERE h.entity = 'product-prices' AND h.column_name = 'price' AND p.zoho_item_id = ? AND h.call_id IS NOT NULL", String.class, item))
                .containsExactly("31 api");
    }

    private String item() {
        return database.queryForObject("SELECT min(zoho_item_id) FROM products WHERE is_active AND price > 0", String.class);
    }

    private void price(String item, String price) {
        ZOHO.catalogue().change(item, JsonNodeFactory.instance.objectNode().put("rate", new BigDecimal(price)), Set.of(), true);
        saddlebag().call("POST", "/api/sync/items/" + item);
    }

    private void list(String id, String name, String type, String source, String percentage, Boolean isIncrease) {
        database.update("""
                INSERT INTO price_lists (org_id, zoho_pricebook_id, name, pricebook_type, source, percentage, is_increase, is_active)
                VALUES (?, ?, ?, ?, CAST(? AS jsonb), CAST(? AS numeric), ?, true)
                    ON CONFLICT (org_id, zoho_pricebook_id) DO UPDATE SET source = EXCLUDED.source, name = EXCLUDED.name""",
                ORG, id, name, type, source, percentage, isIncrease);
    }

    private BigDecimal defaultPrice(String item) {
        return database.queryForObject("SELECT t.price FROM product_prices t JOIN price_lists l ON l.id = t.list_id AND l.is_default"
                + " WHERE t.zoho_item_id = ?", BigDecimal.class, item);
    }

    private BigDecimal priceIn(String item, String list) {
        return database.queryForObject("SELECT price FROM product_prices WHERE zoho_item_id = ? AND zoho_pricebook_id = ?",
                BigDecimal.class, item, list);
    }
}
