package io.saddlebag.sandbox.query;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The parameters that a list understands. It ignores all others, as Zoho seems to.
 *
 * @param sortColumns what {@code sort_column} may name; none: it sorts in one way only, and ignores the parameter
 * @param numbers     those of them that sort as numbers; {@code *_time} sort by the moment, all others as texts
 * @param sortedBy    the key it is sorted by without {@code sort_column}
 * @param newestFirst whether the highest then comes first
 * @param takesOrder  whether {@code sort_order} works
 * @param since       whether {@code last_modified_time} filters
 * @param texts       keys that filter by value, {@code _startswith} and {@code _contains}
 * @param compared    keys that filter by number, {@code _less_than} and so on
 * @param exact       keys that filter by value
 * @param many        keys that filter by one of several values: {@code salesorder_number_in}
 * @param searched    keys that {@code search_text} looks at
 * @param filteredBy  the value of {@code filter_by} when the call has none
 * @param filterBy    its other values; none at all: the parameter is ignored
 */
public record ListRules(List<String> sortColumns, List<String> numbers, String sortedBy, boolean newestFirst,
                 boolean takesOrder, boolean since, List<String> texts, List<String> compared, List<String> exact, List<String> many,
                 List<String> searched, String filteredBy, Map<String, Predicate<ObjectNode>> filterBy) {

    public static boolean is(ObjectNode record, String key, String value) {
        return record.path(key).asText().equals(value);
    }
}
