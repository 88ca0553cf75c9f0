package io.saddlebag.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** What Zoho's APIs answer when records of any kind but items are read. */
public class SandboxLists {

    private final SandboxKinds kinds;

    public SandboxLists(SandboxKinds kinds) {
        this.kinds = kinds;
    }

    /** {@code GET /invoices}: one page; beyond the last it is empty. */
    public SandboxAnswer list(SandboxCall call) {
        SandboxKinds.Place place = kinds.at(call.request()).orElseThrow();
        ListQuery query;
        try {
            query = ListQuery.of(call.request(), place.address().rules(place.kind(), kinds.habits()));
        } catch (InvalidParameter e) {
            return ZohoErrors.invalid(e.getMessage());
        }
        SandboxCatalogue.Page page = place.records().page(query);
        page.records().forEach(record -> {
            CustomFields.flat(record);
            record.remove(place.address().notInList());
        });
        return page(place.address().listKey(), page.records(), query.context(place.kind().title(), page.hasMore()));
    }

    /** {@code GET /invoices/{id}}: one record with all its details. */
    public SandboxAnswer read(SandboxCall call) {
        SandboxKinds.Place place = kinds.at(call.request()).orElseThrow();
        if (place.address().aloneIsUndescribed() && !kinds.habits().undescribedRecords()) {
            return SandboxAnswer.html(404, "Not Found");
        }
        Optional<ObjectNode> found = place.records().find(call.request().resource().get(1));
        return found.map(record -> {
            CustomFields.deep(record);
            record.remove(place.address().notAlone());
            return SandboxAnswer.json(200, SandboxAnswer.envelope("success").set(place.address().recordKey(), record));
        }).orElseGet(ZohoErrors::notFound);
    }

    static SandboxAnswer page(String listKey, List<ObjectNode> records, ObjectNode context) {
        ObjectNode answer = SandboxAnswer.envelope("success");
        answer.putArray(listKey).addAll(records);
        return SandboxAnswer.json(200, answer.set("page_context", context));
    }
}
