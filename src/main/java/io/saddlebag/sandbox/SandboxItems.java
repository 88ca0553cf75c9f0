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
        ListQuery query;
        try {
            query = ListQuery.of(call.request(), ItemRules.ALL);
        } catch (InvalidParameter e) {
            return ZohoErrors.invalid(e.getMessage());
        }
        SandboxCatalogue.Page page = catalogue.page(query);
        return SandboxLists.page("items", page.records(), query.context("Items", page.hasMore()));
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
