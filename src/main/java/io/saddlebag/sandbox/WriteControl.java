package io.saddlebag.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.crm.CrmHabits;
import io.saddlebag.sandbox.crm.CrmTable;
import io.saddlebag.sandbox.data.StoredRecords;
import io.saddlebag.sandbox.meta.MetaHabits;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.Request;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/** What an engineer sees of the writes that arrived, and does to what clients wrote. */
final class WriteControl {

    private final Sandbox sandbox;

    WriteControl(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    /** {@code GET /control/writes?product=crm&module=Products&key=SKY-1}: what was done to each record, and all API calls by address. */
    Answer writes(Request request) {
        ObjectNode answer = Json.object();
        ArrayNode writes = answer.putArray("writes");
        sandbox.written().list().forEach(written -> {
            ObjectNode one = Json.tree(written);
            if (List.of("product", "module", "key", "id").stream().allMatch(name -> request.parameter(name).isEmpty()
                    || request.parameter(name).equals(one.path(name).asText()))) {
                writes.add(one);
            }
        });
        Map<String, Integer> calls = new TreeMap<>();
        sandbox.calls().list().stream().filter(call -> !call.path().startsWith("/sandbox/oauth/")).forEach(call -> calls.merge(
                call.method() + " " + call.path().substring("/sandbox".length()).replaceAll("/\\d{10,}", "/{id}"), 1, Integer::sum));
        answer.set("calls", Json.tree(calls));
        answer.set("batches", Json.tree(sandbox.written().batches()));
        return Answer.json(200, answer);
    }

    /** {@code DELETE /control/writes}: counts from now on. */
    Answer forget() {
        sandbox.written().reset();
        sandbox.calls().reset();
        return Answer.json(200, Json.object());
    }

    /** {@code PUT /control/refusals} with {@code {"SKY-1":"RECORD_LOCKED"}}: the records that every write refuses; the others no more. */
    Answer refuse(Request request) {
        return Control.change(request, body -> {
            Map<String, String> codes = new LinkedHashMap<>();
            body.properties().forEach(code -> codes.put(code.getKey(), code.getValue().asText()));
            sandbox.refusals().set(codes);
            return Answer.json(200, codes);
        });
    }

    /** {@code PUT /control/crm} with {@code {"mixedStatus":207,"unique":{"Products":[]}}}: the keys that are sent change. */
    Answer crm(Request request) {
        return Control.change(request, body -> {
            JsonNode unique = body.remove("unique");
            ObjectNode all = Json.tree(sandbox.crm().habits());
            sandbox.crm().change(Json.value(all.setAll(body), CrmHabits.class));
            if (unique != null) {
                unique.properties().forEach(module -> sandbox.crm().unique(module.getKey(),
                        StreamSupport.stream(module.getValue().spliterator(), false).map(JsonNode::asText).toList()));
            }
            ObjectNode answer = Json.tree(sandbox.crm().habits());
            return Answer.json(200, answer.set("unique", sandbox.crm().unique()));
        });
    }

    /** {@code PUT /control/meta} with {@code {"polls":3,"errors":{"SKY-1":"Bad image"}}}: the keys that are sent change. */
    Answer meta(Request request) {
        return Control.change(request, body -> {
            ObjectNode all = Json.tree(sandbox.meta().habits());
            sandbox.meta().change(Json.value(all.setAll(body), MetaHabits.class));
            return Answer.json(200, sandbox.meta().habits());
        });
    }

    /** {@code GET /control/store/crm/Products}: all records. */
    Answer records(Request request) {
        return stored(request, records -> Answer.json(200, Json.object().set("records", Json.tree(records.all(0)))));
    }

    /** {@code POST /control/store/crm/Products}: a record, as a person would add it; nothing is checked. */
    Answer add(Request request) {
        return stored(request, records -> Control.change(request, body -> Answer.json(200, records.add(body, true))));
    }

    /** {@code PATCH /control/store/crm/Products/{id}}: lays keys over a record, as a person would; null takes a key away. */
    Answer change(Request request) {
        return stored(request, records -> Control.change(request, body -> RecordControl.record(
                records.change(request.resource().get(2), body, true))));
    }

    /** {@code DELETE /control/store/crm/Products/{id}}. */
    Answer remove(Request request) {
        return stored(request, records -> records.remove(request.resource().get(2))
                ? Answer.json(200, Json.object()) : RecordControl.record(Optional.empty()));
    }

    private Answer stored(Request request, Function<StoredRecords, Answer> action) {
        List<String> place = request.resource();
        Optional<StoredRecords> records = switch (place.get(0)) {
            case "crm" -> sandbox.crm().table(place.get(1)).map(CrmTable::records);
            case "billing" -> sandbox.billing().records(place.get(1));
            case "meta" -> Optional.of(sandbox.meta().items());
            default -> Optional.empty();
        };
        return records.map(action).orElseGet(() -> Answer.json(404, Json.object().put("detail",
                "There is no module " + place.get(1) + " of " + place.get(0) + ".")));
    }
}
