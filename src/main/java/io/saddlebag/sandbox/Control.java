package io.saddlebag.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.data.Habits;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.sandbox.limits.CallLog;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.Request;
import java.util.List;
import java.util.function.Function;

/**
 * What an engineer does to the sandbox over HTTP, under {@code /sandbox/control}. Bodies are JSON; a body that makes no sense is
 * answered 400 with the reason.
 */
final class Control {

    private final Sandbox sandbox;

    Control(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    /** Applies a change that the request's body describes. */
    static Answer change(Request request, Function<ObjectNode, Answer> change) {
        try {
            return change.apply(Json.readObject(request.body())
                    .orElseThrow(() -> new IllegalArgumentException("The body is not a JSON object.")));
        } catch (IllegalArgumentException e) {
            return Answer.json(400, Json.object().put("detail", e.getMessage()));
        }
    }

    /** {@code GET /control}: the whole state. */
    Answer state() {
        ObjectNode state = Json.object().put("items", sandbox.items().size());
        state.setAll(recordState());
        state.set("quotas", Json.tree(sandbox.limits().quotas()));
        state.set("faults", Json.tree(sandbox.faults().list()));
        return Answer.json(200, state);
    }

    /** The part of the state that is about records other than items. */
    ObjectNode recordState() {
        ObjectNode state = Json.object();
        state.set("records", Json.tree(sandbox.kinds().sizes()));
        state.set("habits", Json.tree(sandbox.kinds().habits()));
        return state.set("withoutBooks", Json.tree(sandbox.books().without()));
    }

    /** {@code POST /control/reset}: as at the start. */
    Answer reset() {
        sandbox.reset();
        return state();
    }

    /** {@code PUT /control/catalogue} with {@code {"items":…,"recordBytes":…}}: another number and size of items. */
    Answer resizeItems(Request request) {
        record Size(int items, int recordBytes) {
        }
        return change(request, body -> {
            Size size = Json.value(body, Size.class);
            sandbox.items().resize(size.items(), size.recordBytes());
            return state();
        });
    }

    /** {@code PUT /control/quotas}: the keys that are sent change, the others stay. */
    Answer quotas(Request request) {
        return change(request, body -> {
            ObjectNode all = Json.tree(sandbox.limits().quotas());
            sandbox.limits().change(Json.value(all.setAll(body), Quotas.class));
            return state();
        });
    }

    /** {@code POST /control/faults}: switches a {@link Fault} on. */
    Answer addFault(Request request) {
        return change(request, body -> {
            sandbox.faults().add(Json.value(body, Fault.class));
            return state();
        });
    }

    /** {@code DELETE /control/faults}: switches all faults off. */
    Answer clearFaults() {
        sandbox.faults().clear();
        return state();
    }

    /** {@code DELETE /control/tokens}: every access token is dead from now on. */
    Answer endTokens() {
        sandbox.tokens().endAll();
        return state();
    }

    /** {@code GET /control/calls?limit=100}: the counts, and the latest calls in the order of their answers. */
    Answer calls(Request request) {
        String limit = request.parameter("limit");
        int most = limit.matches("\\d{1,9}") ? Integer.parseInt(limit) : 100;
        List<CallLog.Call> all = sandbox.calls().list();
        ObjectNode answer = Json.tree(sandbox.calls().counts());
        answer.put("tokensIssued", sandbox.tokens().issued());
        answer.set("calls", Json.tree(all.subList(Math.max(0, all.size() - most), all.size())));
        return Answer.json(200, answer);
    }

    /** {@code DELETE /control/calls}: counts from now on. */
    Answer forgetCalls() {
        sandbox.calls().reset();
        return state();
    }

    /** {@code PUT /control/habits}: the keys that are sent change, the others stay. */
    Answer habits(Request request) {
        return change(request, body -> {
            ObjectNode all = Json.tree(sandbox.kinds().habits());
            sandbox.kinds().change(Json.value(all.setAll(body), Habits.class));
            return Answer.json(200, recordState());
        });
    }

    /** {@code PUT /control/organisations/{id}} with {@code {"books":false,"code":6041}}; without a code it is 57. */
    Answer organisation(Request request) {
        record Has(boolean books, Integer code) {
        }
        String organisation = request.resource().get(0);
        return change(request, body -> {
            Has has = Json.value(body, Has.class);
            if (has.books()) {
                sandbox.books().bring(organisation);
            } else {
                sandbox.books().remove(organisation, has.code() == null ? 57 : has.code());
            }
            return Answer.json(200, recordState());
        });
    }
}
