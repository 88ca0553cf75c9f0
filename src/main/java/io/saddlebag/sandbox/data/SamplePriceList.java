package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Json;
import java.math.BigDecimal;

/** A price list: for single items, by the piece or by quantity, or a percentage on all; for sales or purchases. */
public final class SamplePriceList {

    private static final String[] NAMES = {"Standard", "Wholesale, by the caravan", "Festival −15 %", "Export",
        "Vendors' prices", "أسعار قديمة"};
    private static final SampleCurrency[] CURRENCIES = {SampleCurrency.INR, SampleCurrency.USD, SampleCurrency.INR,
        SampleCurrency.EUR, SampleCurrency.JPY, SampleCurrency.KWD};
    private static final int ITEMS = 30;

    private SamplePriceList() {
    }

    static ObjectNode make(int index) {
        int place = index % NAMES.length;
        boolean isPercentage = place == 2 || place == 3;
        SampleCurrency currency = CURRENCIES[place];
        ObjectNode list = Json.object().put("name", NAMES[place] + (index == place ? "" : " " + index))
                .put("description", "").put("pricebook_type", isPercentage ? "fixed_percentage" : "per_item")
                .put("sales_or_purchase_type", place == 4 ? "purchases" : "sales").put("is_default", index == 0)
                .put("status", place == 5 ? "inactive" : "active")
                .put("rounding_type", place == 3 ? "round_to_dollar_minus_01" : "no_rounding").put("decimal_place", 2);
        currency.put(list);
        if (isPercentage) {
            return list.put("percentage", place == 2 ? new BigDecimal("15") : new BigDecimal("7.5"))
                    .put("is_increase", place == 3);
        }
        list.put("percentage", "").put("is_increase", false).put("pricing_scheme", place == 1 ? "volume" : "unit");
        ArrayNode items = list.putArray("pricebook_items");
        for (int number = 1; number <= ITEMS; number++) {
            int item = (number * 43 + place) % VariedItem.COUNT;
            ObjectNode entry = items.addObject().put("pricebook_item_id", IdRange.PRICE_LISTS.id(index, number))
                    .put("item_id", IdRange.ITEMS.id(item)).put("pricebook_discount", "");
            price(entry, currency, 5000L + number * 137L, place == 1);
        }
        return list;
    }

    private static void price(ObjectNode entry, SampleCurrency currency, long smallest, boolean byQuantity) {
        entry.put("pricing_scheme", byQuantity ? "volume" : "unit");
        if (!byQuantity) {
            entry.put("pricebook_rate", currency.money(smallest)).putArray("price_brackets");
            return;
        }
        ArrayNode brackets = entry.put("pricebook_rate", "").putArray("price_brackets");
        brackets.addObject().put("start_quantity", 1).put("end_quantity", 9)
                .put("pricebook_rate", currency.money(smallest));
        brackets.addObject().put("start_quantity", 10).put("end_quantity", "99.5")
                .put("pricebook_rate", currency.money(smallest * 9 / 10));
        brackets.addObject().put("start_quantity", 100).put("end_quantity", "")
                .put("pricebook_rate", currency.money(smallest * 8 / 10));
    }
}
