package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Json;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a record differs from the generated one; nothing else of a record is kept. Immutable, so no lock is needed to read it.
 *
 * @param set     keys with their new values, whatever they are
 * @param without keys that the record no longer has, in any shape
 */
public record RecordChange(ObjectNode set, Set<String> without) {

    static final RecordChange NONE = new RecordChange(Json.object(), Set.of());

    /** This change followed by a later one. */
    RecordChange then(ObjectNode laterSet, Set<String> laterWithout) {
        ObjectNode bothSet = set.deepCopy();
        bothSet.setAll(laterSet);
        bothSet.remove(laterWithout);
        Set<String> bothWithout = new TreeSet<>(without);
        laterSet.fieldNames().forEachRemaining(bothWithout::remove);
        bothWithout.addAll(laterWithout);
        return new RecordChange(bothSet, bothWithout);
    }
}
