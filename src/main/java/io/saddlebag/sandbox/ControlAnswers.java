package io.saddlebag.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the control API has in common: a body that cannot be meant is 400, a record that nobody has is 404. */
final class ControlAnswers {

    private ControlAnswers() {
    }

    static SandboxAnswer answer(SandboxCall call, Function<ObjectNode, SandboxAnswer> change) {
        try {
            return change.apply(SandboxJson.readObject(call.request().body())
                    .orElseThrow(() -> new IllegalArgumentException("The body is not a JSON object.")));
        } catch (IllegalArgumentException e) {
            return SandboxAnswer.json(400, SandboxJson.object().put("detail", e.getMessage()));
        }
    }

    static SandboxAnswer record(Optional<ObjectNode> record) {
        return record.map(found -> SandboxAnswer.json(200, found))
                .orElseGet(() -> SandboxAnswer.json(404, SandboxJson.object().put("detail", "No record has this id.")));
    }

    /** Merges the body over the record whose id ends the path; {@code touch} and {@code without} are in the query. */
    static SandboxAnswer change(SandboxCatalogue records, SandboxCall call, ObjectNode body) {
        Set<String> without = Arrays.stream(call.request().parameter("without").split(","))
                .filter(key -> !key.isEmpty()).collect(Collectors.toSet());
        boolean touch = !call.request().parameter("touch").equals("false");
        List<String> path = call.request().resource();
        return record(records.change(path.get(path.size() - 1), body, without, touch));
    }
}
