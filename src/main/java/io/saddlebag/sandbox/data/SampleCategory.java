package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Json;

/** A category: seven that items are in, the others below them. */
public final class SampleCategory {

    private static final int ROOTS = 7;

    private SampleCategory() {
    }

    static ObjectNode make(int index) {
        boolean isRoot = index < ROOTS;
        String name = isRoot ? PlainItem.kind(index) : PlainItem.kind(index) + " ‹" + index + "› كبير";
        return Json.object().put("name", name).put("description", "").put("url", "category-" + index)
                .put("parent_category_id", isRoot ? "" : IdRange.CATEGORIES.id(index % ROOTS))
                .put("visibility", index % 9 != 8).put("show_in_menu", true).put("sibling_order", index / ROOTS)
                .put("seo_title", "").put("seo_keyword", "").put("seo_description", "");
    }
}
