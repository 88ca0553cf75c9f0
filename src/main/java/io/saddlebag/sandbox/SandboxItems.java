package io.saddlebag.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What the Inventory API answers when items are read. */
public class SandboxItems {

    private final SandboxCatalogue catalogue;

    public SandboxItems(SandboxCatalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** {@code GET /items}: one page; beyond the last it is empty. */
    public SandboxAnswer list(SandboxCall call) {
        ItemQuery query;
        try {
            query = ItemQuery.of(call.request());
        } catch (InvalidParameter e) {
            return ZohoErrors.invalid(e.getMessage());
        }
        SandboxCatalogue.Page page = catalogue.page(query);
        ObjectNode context = SandboxJson.object().put("page", query.page()).put("per_page", query.perPage())
                .put("has_more_page", page.hasMore()).put("report_name", "Items")
                .put("applied_filter", query.filterBy()).put("sort_column", query.sortColumn())
                .put("sort_order", query.descending() ? "D" : "A");
        context.putArray("custom_fields");
        context.putArray("search_criteria");
        ObjectNode answer = SandboxAnswer.envelope("success");
        answer.putArray("items").addAll(page.items());
        return SandboxAnswer.json(200, answer.set("page_context", context));
    }

    /** {@code GET /items/{id}}: one item with all its details. */
    public SandboxAnswer read(SandboxCall call) {
        return catalogue.find(call.request().resource().get(1))
                .map(item -> SandboxAnswer.json(200, SandboxAnswer.envelope("success").set("item", item)))
                .orElseGet(ZohoErrors::notFound);
    }

    /** {@code GET /itemdetails?item_ids=a,b}: the details of those that are there; the others are left out. */
    public SandboxAnswer details(SandboxCall call) {
        List<String> ids = Arrays.asList(call.request().parameter("item_ids").split(","));
        if (ids.contains("")) {
            return ZohoErrors.invalid("item_ids");
        }
        ObjectNode answer = SandboxAnswer.envelope("success");
        ArrayNode items = answer.putArray("items");
        ids.stream().distinct().map(catalogue::find).flatMap(Optional::stream)
                .forEach((JsonNode item) -> items.add(item));
        return SandboxAnswer.json(200, answer);
    }
}
