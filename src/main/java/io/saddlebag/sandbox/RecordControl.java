package io.saddlebag.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.data.Catalogue;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.Request;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What an engineer does over HTTP to the records of any kind: under {@code /sandbox/control/items} and {@code …/records/{kind}}. */
final class RecordControl {

    private final Sandbox sandbox;
    private final Control control;

    RecordControl(Sandbox sandbox, Control control) {
        this.sandbox = sandbox;
        this.control = control;
    }

    /** {@code POST /control/items}: any record; one whose item_id was removed comes back. */
    Answer addItem(Request request) {
        return add(sandbox.items(), request);
    }

    /** {@code PATCH /control/items/{id}?touch=false&without=a,b}: merges anything over the record. */
    Answer changeItem(Request request) {
        return change(sandbox.items(), request.resource().get(0), request);
    }

    /** {@code DELETE /control/items/{id}}. */
    Answer removeItem(Request request) {
        return sandbox.items().remove(request.resource().get(0)) ? control.state() : record(Optional.empty());
    }

    /**
     * {@code POST /control/items/{id}/image?name=new.png&type=image/png}: another picture under a new document id. The
     * body is its bytes, whatever they are; none: one is drawn.
     */
    Answer replacePicture(Request request) {
        String name = request.parameters().getOrDefault("name", "picture.png");
        return record(sandbox.pictures().replace(request.resource().get(0), name, request.parameter("type"), request.body()));
    }

    /** {@code POST /control/records/{kind}}: any record; one that was removed comes back under its id. */
    Answer addRecord(Request request) {
        return ofKind(request, records -> add(records, request));
    }

    /** {@code PATCH /control/records/{kind}/{id}?touch=false&without=a,b}: merges anything over the record. */
    Answer changeRecord(Request request) {
        return ofKind(request, records -> change(records, request.resource().get(1), request));
    }

    /** {@code DELETE /control/records/{kind}/{id}}. */
    Answer removeRecord(Request request) {
        return ofKind(request, records -> records.remove(request.resource().get(1))
                ? Answer.json(200, control.recordState()) : record(Optional.empty()));
    }

    /** {@code PUT /control/records/{kind}} with {@code {"records":…}}: another number of records, all unchanged. */
    Answer resizeRecords(Request request) {
        record Size(int records) {
        }
        return ofKind(request, records -> Control.change(request, body -> {
            records.resize(Json.value(body, Size.class).records(), 0);
            return Answer.json(200, control.recordState());
        }));
    }

    private Answer ofKind(Request request, Function<Catalogue, Answer> action) {
        return sandbox.kinds().records(request.resource().get(0)).map(action).orElseGet(() -> Answer.json(404, Json.object()
                .put("detail", "The kinds are " + String.join(", ", sandbox.kinds().sizes().keySet()) + ".")));
    }

    private static Answer add(Catalogue records, Request request) {
        return Control.change(request, body -> record(records.find(records.add(body))));
    }

    private static Answer change(Catalogue records, String id, Request request) {
        return Control.change(request, body -> {
            Set<String> without = Arrays.stream(request.parameter("without").split(","))
                    .filter(key -> !key.isEmpty()).collect(Collectors.toSet());
            boolean touch = !request.parameter("touch").equals("false");
            return record(records.change(id, body, without, touch));
        });
    }

    static Answer record(Optional<ObjectNode> record) {
        return record.map(found -> Answer.json(200, found))
                .orElseGet(() -> Answer.json(404, Json.object().put("detail", "No record has this id.")));
    }
}
