package io.saddlebag.sandbox.query;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** The filters in the parameters of a list call. */
public final class ListFilters {

    private static final Map<String, IntPredicate> COMPARISONS = Map.of("", c -> c == 0, "_less_than", c -> c < 0,
            "_less_equals", c -> c <= 0, "_greater_than", c -> c > 0, "_greater_equals", c -> c >= 0);

    private ListFilters() {
    }

    /** @throws InvalidParameter when Zoho would not take a value */
    static List<Predicate<ObjectNode>> of(Map<String, String> parameters, String filterBy, ListRules rules) {
        List<Predicate<ObjectNode>> filters = new ArrayList<>();
        if (!filterBy.equals(rules.filteredBy())) {
            if (!rules.filterBy().containsKey(filterBy)) {
                throw new InvalidParameter("filter_by");
            }
            filters.add(rules.filterBy().get(filterBy));
        }
        parameters.forEach((name, value) -> add(filters, name, value, rules));
        return filters;
    }

    private static void add(List<Predicate<ObjectNode>> filters, String name, String value, ListRules rules) {
        String wanted = value.toLowerCase(Locale.ROOT);
        if (rules.exact().contains(name)) {
            filters.add(record -> ListRules.is(record, name, value));
        } else if (name.equals("search_text") && !rules.searched().isEmpty()) {
            filters.add(record -> rules.searched().stream().anyMatch(key -> text(record, key).contains(wanted)));
        }
        for (String key : rules.many()) {
            if (name.equals(key + "_in")) {
                List<String> values = List.of(wanted.split(","));
                filters.add(record -> values.contains(text(record, key)));
            }
        }
        for (String key : rules.texts()) {
            if (name.equals(key)) {
                filters.add(record -> text(record, key).equals(wanted));
            } else if (name.equals(key + "_startswith")) {
                filters.add(record -> text(record, key).startsWith(wanted));
            } else if (name.equals(key + "_contains")) {
                filters.add(record -> text(record, key).contains(wanted));
            }
        }
        for (String key : rules.compared()) {
            IntPredicate comparison = name.startsWith(key) ? COMPARISONS.get(name.substring(key.length())) : null;
            if (comparison != null) {
                filters.add(compared(key, comparison, limit(name, value)));
            }
        }
    }

    private static Predicate<ObjectNode> compared(String key, IntPredicate comparison, BigDecimal limit) {
        return record -> {
            BigDecimal number = ListQuery.number(record.path(key).asText(), null);
            return number != null && comparison.test(number.compareTo(limit));
        };
    }

    private static BigDecimal limit(String parameter, String value) {
        BigDecimal limit = ListQuery.number(value, null);
        if (limit == null) {
            throw new InvalidParameter(parameter);
        }
        return limit;
    }

    private static String text(ObjectNode record, String key) {
        return record.path(key).asText().toLowerCase(Locale.ROOT);
    }
}
