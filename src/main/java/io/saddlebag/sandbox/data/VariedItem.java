package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.ZohoTime;
import java.math.BigDecimal;

/**
 * One of the 1,319 items that a sandbox starts with: a plain item with all optional keys. The oddities of real, grown data are
 * spread over the indexes, so that every page of 200 has some of each.
 */
public final class VariedItem {

    static final int COUNT = 1319;

    /** 2023-04-01T09:30:00+0530: somebody changed a third of the catalogue at once, more than two pages. */
    private static final long BULK_EDIT = 1_680_321_600L;
    private static final String[] SIZES = {"small", "medium", "large"};
    private static final String[] COLORS = {"Red", "Blue", "Ochre", "أخضر"};

    private VariedItem() {
    }

    static ObjectNode make(int index) {
        ObjectNode item = PlainItem.make(index);
        item.put("item_type", "inventory").put("purchase_description", "").put("has_attachment", false)
                .put("is_returnable", true).put("upc", "").put("ean", "").put("isbn", "").put("part_number", "")
                .put("image_name", "").put("image_type", "").put("image_document_id", "")
                .put("length", "").put("width", "").put("height", "").put("weight", "")
                .put("weight_unit", "kg").put("dimension_unit", "cm")
                .put("vendor_id", "").put("vendor_name", "");
        name(item, index);
        money(item, index);
        stock(item, index);
        belongings(item, index);
        if (index % 3 == 0) {
            item.put("last_modified_time", ZohoTime.write(BULK_EDIT));
        }
        return item;
    }

    private static void name(ObjectNode item, int index) {
        if (index % 10 == 7) {
            item.put("name", "حقيبة جلدية رقم " + index);
        } else if (index % 23 == 11) {
            item.put("name", "Travel bag 🐫🧳 " + index);
        } else if (index % 19 == 2) {
            item.put("name", "Größe Übergröße Straße " + index);
        } else if (index % 31 == 4) {
            item.put("name", "驼鞍袋 鞍袋 " + index);
        }
        if (index % 13 == 6) {
            item.put("sku", "");
        } else if (index % 17 == 8) {
            item.put("sku", "REPEATED-" + index % 3);
        }
        if (index % 4 == 1) {
            item.put("description", "Line one\r\nLine two\tof item " + index + "\n\"quoted\" and 'single' \\ back");
        }
        if (index % 660 == 601) {
            item.put("description", "A tale of the caravan, told by somebody who was there. ".repeat(1000));
        }
        if (index % 11 == 5) {
            item.put("status", "inactive");
        }
    }

    private static void money(ObjectNode item, int index) {
        if (index % 29 == 3) {
            item.put("rate", new BigDecimal("0.00"));
        }
        if (index % 4 == 2) {
            item.put("tax_id", "6000000000044043").put("tax_name", "VAT")
                    .put("tax_percentage", new BigDecimal("12.50"));
        }
        if (index % 43 == 9) {
            item.put("purchase_rate", "");
        }
    }

    private static void stock(ObjectNode item, int index) {
        if (index % 7 == 3) {
            item.put("product_type", "service").put("item_type", "sales").put("unit", "hrs");
            item.remove("stock_on_hand");
            item.remove("reorder_level");
        } else if (index % 8 == 6) {
            item.put("item_type", "sales_and_purchases").put("stock_on_hand", "");
        } else if (index % 12 == 1) {
            item.put("stock_on_hand", new BigDecimal("10.75")).put("reorder_level", new BigDecimal("12.00"));
        } else if (index % 37 == 5) {
            item.put("stock_on_hand", new BigDecimal("-3.00"));
        }
    }

    private static void belongings(ObjectNode item, int index) {
        if (index % 5 == 0) {
            String size = SIZES[index % 3];
            item.put("group_id", "600000000000700" + index / 15).put("group_name", "Group " + index / 15)
                    .put("attribute_id1", "6000000000044112").put("attribute_name1", "Size")
                    .put("attribute_option_id1", "600000000004421" + index % 3).put("attribute_option_name1", size);
        }
        if (index % 9 == 4) {
            item.put("category_id", "").put("category_name", "");
        }
        if (index % 6 == 2) {
            item.put("image_name", "item " + index + ".jpg").put("image_type", "jpg")
                    .put("image_document_id", "60000000000990" + index);
        }
        if (index % 3 == 1) {
            item.put("cf_color", COLORS[index % 4]).put("cf_fragile", index % 2 == 0)
                    .put("cf_pieces_per_box", index % 24).putNull("cf_checked_on");
        }
        if (index % 14 == 12) {
            item.putNull("brand").putNull("manufacturer");
        }
        if (index % 16 == 10) {
            item.put("vendor_id", "6000000000044080").put("vendor_name", "Molly & Söhne");
        }
    }
}
