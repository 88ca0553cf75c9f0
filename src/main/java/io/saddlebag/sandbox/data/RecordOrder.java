package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.query.ListQuery;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.IntStream;

/** The records that a query finds, in its order: all its pages, as indexes. */
public final class RecordOrder {

    /** Room for 8 million indexes below the seconds of one long. */
    private static final int INDEX_BITS = 23;
    private static final BigDecimal NO_NUMBER = new BigDecimal("-1e30");

    private RecordOrder() {
    }

    static int[] of(Records records, ListQuery query) {
        IntStream found = records.indexes();
        if (query.modifiedAfter() != null) {
            found = found.filter(i -> records.seconds(i, "last_modified_time") > query.modifiedAfter());
        }
        if (!query.filters().isEmpty()) {
            found = found.filter(i -> query.accepts(records.list(i)));
        }
        int[] order = query.sortColumn().endsWith("_time")
                ? byTime(records, found, query.sortColumn()) : byValue(records, found.toArray(), query);
        return query.descending() ? reversed(order) : order;
    }

    /** Sorts numbers and no objects: a million records take 0.1 s. */
    private static int[] byTime(Records records, IntStream found, String column) {
        return found.mapToLong(i -> records.seconds(i, column) << INDEX_BITS | i).sorted()
                .mapToInt(key -> (int) (key & (1 << INDEX_BITS) - 1)).toArray();
    }

    private static int[] byValue(Records records, int[] found, ListQuery query) {
        Object[] values = Arrays.stream(found).mapToObj(i -> value(records.list(i), query)).toArray();
        return IntStream.range(0, found.length).boxed().sorted(Comparator.comparing(at -> comparable(values[at])))
                .mapToInt(at -> found[at]).toArray();
    }

    private static Object value(ObjectNode record, ListQuery query) {
        String text = record.path(query.sortColumn()).asText();
        return query.sortsNumbers() ? ListQuery.number(text, NO_NUMBER) : text.toLowerCase(Locale.ROOT);
    }

    @SuppressWarnings("unchecked")
    private static Comparable<Object> comparable(Object value) {
        return (Comparable<Object>) value;
    }

    private static int[] reversed(int[] order) {
        return IntStream.range(0, order.length).map(at -> order[order.length - 1 - at]).toArray();
    }
}
