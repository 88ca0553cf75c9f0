package io.saddlebag.sandbox;

import static io.saddlebag.sandbox.ControlAnswers.answer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * What an engineer does to the sandbox over HTTP, under {@code /sandbox/control}. Bodies are JSON; a body that cannot
 * be meant is answered 400 with the reason.
 */
public class SandboxControl {

    private final SandboxCatalogue catalogue;
    private final SandboxRecordControl records;
    private final SandboxFaults faults;
    private final SandboxLimits limits;
    private final SandboxTokens tokens;
    private final SandboxCalls calls;
    private final SandboxRules rules;

    public SandboxControl(SandboxCatalogue catalogue, SandboxRecordControl records, SandboxFaults faults,
                          SandboxLimits limits, SandboxTokens tokens, SandboxCalls calls, SandboxRules rules) {
        this.catalogue = catalogue;
        this.records = records;
        this.faults = faults;
        this.limits = limits;
        this.tokens = tokens;
        this.calls = calls;
        this.rules = rules;
    }

    /** {@code GET /control}: how things stand. */
    public SandboxAnswer state() {
        ObjectNode state = SandboxJson.object().put("items", catalogue.size());
        state.setAll(records.state());
        state.set("quotas", SandboxJson.tree(limits.quotas()));
        state.set("faults", SandboxJson.tree(faults.list()));
        return SandboxAnswer.json(200, state);
    }

    /** {@code POST /control/reset}: as at the start. */
    public SandboxAnswer reset() {
        catalogue.reset();
        records.reset();
        faults.clear();
        limits.reset();
        tokens.reset();
        calls.reset();
        rules.reset();
        return state();
    }

    /** {@code PUT /control/catalogue} with {@code {"items":…,"recordBytes":…}}: another catalogue. */
    public SandboxAnswer resize(SandboxCall call) {
        record Size(int items, int recordBytes) {
        }
        return answer(call, body -> {
            Size size = SandboxJson.value(body, Size.class);
            catalogue.resize(size.items(), size.recordBytes());
            return state();
        });
    }

    /** {@code PUT /control/quotas}: the keys that are sent change, the others stay. */
    public SandboxAnswer quotas(SandboxCall call) {
        return answer(call, body -> {
            ObjectNode all = SandboxJson.tree(limits.quotas());
            limits.change(SandboxJson.value(all.setAll(body), SandboxQuotas.class));
            return state();
        });
    }

    /** {@code POST /control/items}: any record; one whose item_id was removed comes back. */
    public SandboxAnswer add(SandboxCall call) {
        return answer(call, body -> ControlAnswers.record(catalogue.find(catalogue.add(body))));
    }

    /** {@code PATCH /control/items/{id}?touch=false&without=a,b}: merges anything over the record. */
    public SandboxAnswer change(SandboxCall call) {
        return answer(call, body -> ControlAnswers.change(catalogue, call, body));
    }

    /** {@code DELETE /control/items/{id}}. */
    public SandboxAnswer remove(SandboxCall call) {
        return catalogue.remove(call.request().resource().get(0)) ? state() : ControlAnswers.record(Optional.empty());
    }

    /** {@code POST /control/faults}: switches a {@link Fault} on. */
    public SandboxAnswer fault(SandboxCall call) {
        return answer(call, body -> {
            faults.add(SandboxJson.value(body, Fault.class));
            return state();
        });
    }

    /** {@code DELETE /control/faults}: all is well again. */
    public SandboxAnswer clearFaults() {
        faults.clear();
        return state();
    }

    /** {@code DELETE /control/tokens}: every access token is dead from now on. */
    public SandboxAnswer endTokens() {
        tokens.endAll();
        return state();
    }

    /** {@code GET /control/calls?limit=100}: the counts, and the latest calls in the order of their answers. */
    public SandboxAnswer calls(SandboxCall call) {
        String limit = call.request().parameter("limit");
        int most = limit.matches("\\d{1,9}") ? Integer.parseInt(limit) : 100;
        List<SandboxCalls.Call> all = calls.list();
        ObjectNode answer = SandboxJson.tree(calls.counts());
        answer.put("tokensIssued", tokens.issued());
        answer.set("calls", SandboxJson.tree(all.subList(Math.max(0, all.size() - most), all.size())));
        return SandboxAnswer.json(200, answer);
    }

    /** {@code DELETE /control/calls}: counts from now on. */
    public SandboxAnswer forgetCalls() {
        calls.reset();
        return state();
    }
}
