package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.faults.Refusals;
import io.saddlebag.sandbox.limits.WriteLog;
import io.saddlebag.sandbox.limits.WriteLog.Action;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.Request;
import io.saddlebag.sandbox.wire.ZohoErrors;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Writes of contacts and documents through Inventory and Books: by id, and in Books by the value of a field that is unique. */
public class RecordWrites {

    private static final List<String> COMPUTED = List.of("sub_total", "tax_total", "total", "balance", "taxes", "status",
            "created_time", "last_modified_time", "payment_made", "custom_fields", "custom_field_hash");
    private static final List<String> CURRENCY = List.of("currency_id", "currency_code", "currency_symbol");
    private static final long FIRST_NUMBER = 2_000_001;

    private final Kinds kinds;
    private final Catalogue items;
    private final WriteLog written;
    private final Refusals refusals;

    public RecordWrites(Kinds kinds, Catalogue items, WriteLog written, Refusals refusals) {
        this.kinds = kinds;
        this.items = items;
        this.written = written;
        this.refusals = refusals;
    }

    /** {@code POST /salesorders}. */
    public Answer create(Request request) {
        return at(request, (place, sent) -> create(request, place, sent).withStatusOfGood(201));
    }

    /** {@code PUT /salesorders/{id}}: the keys that are sent change, the others stay. */
    public Answer update(Request request) {
        return at(request, (place, sent) -> update(request.resource().get(1), place, sent));
    }

    /** {@code PUT /salesorders} of Books: the record with this value of a unique field; with {@code X-Upsert} it is created. */
    public Answer upsert(Request request) {
        if (kinds.at(request).isEmpty()) {
            return ZohoErrors.noSuchPage();
        }
        String key = request.header("X-Unique-Identifier-Key");
        String value = request.header("X-Unique-Identifier-Value");
        if (value.isEmpty() || !kinds.habits().uniqueFields().contains(key)) {
            return ZohoErrors.invalid(value.isEmpty() ? "X-Unique-Identifier-Value" : "X-Unique-Identifier-Key");
        }
        return at(request, (place, sent) -> {
            synchronized (kinds) {
                Optional<String> known = place.records().by(key, value, "");
                if (known.isPresent()) {
                    return update(known.get(), place, sent);
                }
                if (!request.header("X-Upsert").equals("true")) {
                    return ZohoErrors.notFound();
                }
                ObjectNode with = sent.deepCopy();
                if (!kinds.habits().identifierInBody()) {
                    with.put(key, value);
                }
                return create(request, place, with);
            }
        });
    }

    /** {@code POST /salesorders/{id}/status/{status}}; {@code /active} and {@code /inactive} of a contact. */
    public Answer mark(Request request) {
        List<String> path = request.resource();
        String status = path.get(path.size() - 1);
        if (path.size() == 3 && !status.matches("active|inactive")) {
            return ZohoErrors.noSuchPage();
        }
        ObjectNode set = Json.object().put("status", status);
        return kinds.at(request).filter(place -> place.address().writes() != null)
                .map(place -> place.records().change(path.get(1), set, Set.of(), true).map(record -> {
                    note(request.product(), place, record, Action.UPDATE, set);
                    return Answer.json(200, Answer.envelope("Status has been changed to " + status + "."));
                }).orElseGet(ZohoErrors::notFound)).orElseGet(ZohoErrors::noSuchPage);
    }

    private Answer create(Request request, Kinds.Place place, ObjectNode sent) {
        Writing writing = place.address().writes();
        String number = writing.number();
        synchronized (kinds) {
            ObjectNode record = place.records().blank();
            if (writing.status() != null) {
                record.put("status", writing.status());
            }
            record.setAll(written(sent));
            if (number != null && writing.automatic() && !request.parameter("ignore_auto_number_generation").equals("true")) {
                long next = FIRST_NUMBER;
                while (place.records().by(number, "N-" + next, "").isPresent()) {
                    next++;
                }
                record.put(number, "N-" + next);
            }
            Optional<String> missing = writing.required().stream()
                    .filter(key -> record.path(key).asText().isEmpty() && record.path(key).isEmpty()).findFirst();
            if (number != null && missing.isEmpty() && record.path(number).asText().isEmpty()) {
                missing = Optional.of(number);
            }
            Optional<Answer> wrong = missing.map(ZohoErrors::invalid).or(() -> wrong(place, record, ""));
            if (wrong.isPresent()) {
                return wrong.get();
            }
            completed(place, record);
            String id = place.records().add(record);
            return done(request.product(), writing.created(), place, id, Action.CREATE, sent);
        }
    }

    private Answer update(String id, Kinds.Place place, ObjectNode sent) {
        synchronized (kinds) {
            Optional<ObjectNode> old = place.records().find(id);
            if (old.isEmpty()) {
                return ZohoErrors.notFound();
            }
            ObjectNode changed = written(sent);
            ObjectNode whole = old.get().<ObjectNode>setAll(changed);
            Optional<Answer> wrong = wrong(place, whole, id);
            if (wrong.isPresent()) {
                return wrong.get();
            }
            completed(place, whole);
            place.records().change(id, whole.without(List.of("last_modified_time")), Set.of(), true);
            String product = place.address().path().split("/")[1];
            return done(product, place.address().writes().updated(), place, id, Action.UPDATE, sent);
        }
    }

    private Optional<Answer> wrong(Kinds.Place place, ObjectNode record, String id) {
        Writing writing = place.address().writes();
        String number = writing.number() == null ? "" : record.path(writing.number()).asText();
        Optional<String> refused = refusals.of(number.isEmpty() ? record.path("contact_name").asText() : number);
        if (refused.isPresent()) {
            return refused.map(ZohoErrors::refused);
        }
        if (!number.isEmpty() && place.records().by(writing.number(), number, id).isPresent()) {
            return Optional.of(Answer.error(400, kinds.habits().duplicateCode(), writing.number() + " " + number + " already exists."));
        }
        String party = writing.party() + "_id";
        if (writing.party() != null && kinds.records("contacts").orElseThrow().find(record.path(party).asText()).isEmpty()) {
            return Optional.of(ZohoErrors.invalid(party));
        }
        String unknown = DocumentSums.unknownItem(record.path("line_items"), items);
        return unknown == null ? Optional.empty() : Optional.of(ZohoErrors.invalid("item_id"));
    }

    private void completed(Kinds.Place place, ObjectNode record) {
        String party = place.address().writes().party();
        if (party != null) {
            kinds.records("contacts").orElseThrow().find(record.path(party + "_id").asText())
                    .ifPresent(contact -> {
                        record.set(party + "_name", contact.get("contact_name"));
                        if (record.path("currency_id").asText().isEmpty()) {
                            CURRENCY.stream().filter(contact::has).forEach(key -> record.set(key, contact.get(key)));
                            record.put("exchange_rate", 1);
                        }
                    });
            DocumentSums.put(record, items);
        }
    }

    private static ObjectNode written(ObjectNode sent) {
        ObjectNode record = sent.deepCopy();
        CustomFields.take(record);
        return record.remove(COMPUTED);
    }

    private Answer done(String product, String message, Kinds.Place place, String id, Action action, ObjectNode sent) {
        ObjectNode record = place.records().find(id).orElseThrow();
        note(product, place, record, action, sent);
        return Answer.json(200, Answer.envelope(message).set(place.address().recordKey(), place.address().alone(record)));
    }

    private void note(String product, Kinds.Place place, ObjectNode record, Action action, ObjectNode sent) {
        String number = place.address().writes().number();
        String path = place.address().path();
        written.note(product, path.substring(path.lastIndexOf('/') + 1), record.path(number == null ? "contact_name" : number).asText(),
                record.path(place.kind().idKey()).asText(), action, sent);
    }

    private interface Write {
        Answer with(Kinds.Place place, ObjectNode sent);
    }

    private Answer at(Request request, Write write) {
        Function<ObjectNode, Answer> atPlace = sent -> kinds.at(request).filter(place -> place.address().writes() != null)
                .map(place -> write.with(place, sent)).orElseGet(ZohoErrors::noSuchPage);
        return ItemWrites.body(request).map(atPlace).orElseGet(ZohoErrors::notJson);
    }
}
