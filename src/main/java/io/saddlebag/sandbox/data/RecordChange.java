package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Json;
import java.util.Set;
import java.util.TreeSet;

/**
 * What somebody made of a record; all that is kept of it. Never altered, so it can be read without a lock.
 *
 * @param set     keys with their new values, whatever they are
 * @param without keys that the record no longer has, in any shape
 */
public record RecordChange(ObjectNode set, Set<String> without) {

    static final RecordChange NONE = new RecordChange(Json.object(), Set.of());

    /** This change and then that one. */
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
