package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.query.InvalidParameter;
import io.saddlebag.sandbox.query.ListQuery;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.Request;
import io.saddlebag.sandbox.wire.ZohoErrors;
import java.util.List;
import java.util.Optional;

/** What Zoho's APIs answer when records of any kind but items are read. */
public class RecordReads {

    private final Kinds kinds;

    public RecordReads(Kinds kinds) {
        this.kinds = kinds;
    }

    /** {@code GET /invoices}: one page; beyond the last it is empty. */
    public Answer list(Request request) {
        Kinds.Place place = kinds.at(request).orElseThrow();
        ListQuery query;
        try {
            query = ListQuery.of(request, place.address().rules(place.kind(), kinds.habits()));
        } catch (InvalidParameter e) {
            return ZohoErrors.invalid(e.getMessage());
        }
        Catalogue.Page page = place.records().page(query);
        page.records().forEach(place.address()::listed);
        return page(place.address().listKey(), page.records(), query.context(place.kind().title(), page.hasMore()));
    }

    /** {@code GET /invoices/{id}}: one record with all its details. */
    public Answer read(Request request) {
        Kinds.Place place = kinds.at(request).orElseThrow();
        if (place.address().aloneIsUndescribed() && !kinds.habits().undescribedRecords()) {
            return Answer.html(404, "Not Found");
        }
        Optional<ObjectNode> found = place.records().find(request.resource().get(1));
        return found.map(record -> Answer.json(200, Answer.envelope("success")
                .set(place.address().recordKey(), place.address().alone(record)))).orElseGet(ZohoErrors::notFound);
    }

    static Answer page(String listKey, List<ObjectNode> records, ObjectNode context) {
        ObjectNode answer = Answer.envelope("success");
        answer.putArray(listKey).addAll(records);
        return Answer.json(200, answer.set("page_context", context));
    }
}
