package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.query.InvalidParameter;
import io.saddlebag.sandbox.query.ItemRules;
import io.saddlebag.sandbox.query.ListQuery;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.Request;
import io.saddlebag.sandbox.wire.ZohoErrors;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Answers of the Inventory API to reads of items. */
public class ItemReads {

    private final Catalogue catalogue;

    public ItemReads(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** {@code GET /items}: one page; beyond the last it is empty. */
    public Answer list(Request request, long lagMs) {
        ListQuery query;
        try {
            query = ListQuery.of(request, request.product().equals("books") ? ItemRules.BOOKS : ItemRules.ALL);
        } catch (InvalidParameter e) {
            return ZohoErrors.invalid(e.getMessage());
        }
        Catalogue.Page page = catalogue.page(lagMs == 0 ? query : query.lagging(lagMs / 1000, catalogue.nowSeconds()));
        return RecordReads.page("items", page.records(), query.context("Items", page.hasMore()));
    }

    /** {@code GET /items/{id}}: one item with all its details. */
    public Answer read(Request request) {
        return catalogue.find(request.resource().get(1))
                .map(item -> Answer.json(200, Answer.envelope("success").set("item", item)))
                .orElseGet(ZohoErrors::notFound);
    }

    /** {@code GET /itemdetails?item_ids=a,b}: the details of the items that exist; unknown ids are left out. */
    public Answer details(Request request) {
        List<String> ids = Arrays.asList(request.parameter("item_ids").split(","));
        if (ids.contains("")) {
            return ZohoErrors.invalid("item_ids");
        }
        ObjectNode answer = Answer.envelope("success");
        ArrayNode items = answer.putArray("items");
        ids.stream().distinct().map(catalogue::find).flatMap(Optional::stream)
                .forEach((JsonNode item) -> items.add(item));
        return Answer.json(200, answer);
    }
}
