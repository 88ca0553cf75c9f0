package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Json;
import java.util.List;

/**
 * A kind of record beside the items, as {@code sandbox/kinds.json} describes it.
 *
 * @param name        as in addresses of the control API: {@code invoices}
 * @param title       the name of its report in a page context
 * @param idKey       the key of a record's id
 * @param records     how many there are at the start
 * @param sortedBy    the key that its lists are sorted by without {@code sort_column}; no answer need contain it
 * @param newestFirst whether the highest then comes first
 * @param numbers     keys that sort as numbers
 * @param addresses   where it is found
 */
public record Kind(String name, String title, String idKey, int records, String sortedBy,
                  boolean newestFirst, List<String> numbers, List<KindAddress> addresses) {

    public Kind {
        numbers = numbers == null ? List.of() : numbers;
    }

    /** What {@code everywhere} says holds at each address that says nothing else. */
    static Kind of(ObjectNode described) {
        ObjectNode kind = described.deepCopy();
        JsonNode everywhere = kind.remove("everywhere");
        ArrayNode addresses = kind.putArray("addresses");
        described.get("addresses").forEach(address ->
                addresses.add(everywhere.<ObjectNode>deepCopy().setAll((ObjectNode) address)));
        return Json.value(kind, Kind.class);
    }
}
