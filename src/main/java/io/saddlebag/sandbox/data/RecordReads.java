package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.query.InvalidParameter;
import io.saddlebag.sandbox.query.ListQuery;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.Request;
import io.saddlebag.sandbox.wire.ZohoErrors;
import java.util.List;

/** Answers of Zoho's APIs to reads of all kinds but items. */
public class RecordReads {

    private final Kinds kinds;

    public RecordReads(Kinds kinds) {
        this.kinds = kinds;
    }

    /** {@code GET /invoices}: one page; beyond the last it is empty. */
    public Answer list(Request request, long lagMs) {
        return kinds.at(request).map(place -> list(request, place, lagMs)).orElseGet(ZohoErrors::noSuchPage);
    }

    /** {@code GET /invoices/{id}}: one record with all its details. */
    public Answer read(Request request) {
        return kinds.at(request).filter(place -> !place.address().aloneIsUndescribed() || kinds.habits().undescribedRecords())
                .map(place -> read(request.resource().get(1), place)).orElseGet(ZohoErrors::noSuchPage);
    }

    /** {@code GET /settings/customfields?entity=salesorder} of Books. */
    public Answer customFields(Request request) {
        boolean unique = kinds.habits().uniqueFields().contains(CustomFields.OWN_REFERENCE);
        return Answer.json(200, Answer.envelope("success").setAll(CustomFields.described(request.parameter("entity"), unique)));
    }

    private Answer list(Request request, Kinds.Place place, long lagMs) {
        ListQuery query;
        try {
            query = ListQuery.of(request, place.address().rules(place.kind(), kinds.habits()));
        } catch (InvalidParameter e) {
            return ZohoErrors.invalid(e.getMessage());
        }
        Catalogue.Page page = place.records().page(lagMs == 0 ? query : query.lagging(lagMs / 1000, place.records().nowSeconds()));
        page.records().forEach(place.address()::listed);
        return page(place.address().listKey(), page.records(), query.context(place.kind().title(), page.hasMore()));
    }

    private static Answer read(String id, Kinds.Place place) {
        return place.records().find(id).map(record -> Answer.json(200, Answer.envelope("success")
                .set(place.address().recordKey(), place.address().alone(record)))).orElseGet(ZohoErrors::notFound);
    }

    static Answer page(String listKey, List<ObjectNode> records, ObjectNode context) {
        ObjectNode answer = Answer.envelope("success");
        answer.putArray(listKey).addAll(records);
        return Answer.json(200, answer.set("page_context", context));
    }
}
