package io.saddlebag.sandbox.query;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.Request;
import io.saddlebag.sandbox.wire.ZohoTime;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The parameters of a list call, read and checked.
 *
 * @param page          from 1
 * @param perPage       records of a page, 200 at most
 * @param sortColumn    the key to sort by
 * @param sortsNumbers  whether it holds numbers
 * @param descending    the highest first
 * @param filterBy      the filter's name for the page context
 * @param modifiedAfter seconds since 1970; null for all
 * @param filters       what a record in list shape has to pass
 * @param key           the same for calls that differ in nothing but the page
 */
public record ListQuery(int page, int perPage, String sortColumn, boolean sortsNumbers, boolean descending, String filterBy,
                 Long modifiedAfter, List<Predicate<ObjectNode>> filters, String key) {

    private static final int MOST = 200;

    /** @throws InvalidParameter when Zoho would not take a value */
    public static ListQuery of(Request request, ListRules rules) {
        Map<String, String> sent = request.parameters();
        boolean sorts = !rules.sortColumns().isEmpty() && sent.containsKey("sort_column");
        String sortColumn = sorts ? sent.get("sort_column") : rules.sortedBy();
        require(!sorts || rules.sortColumns().contains(sortColumn), "sort_column");
        String sortOrder = sorts || !rules.newestFirst() ? "A" : "D";
        if (rules.takesOrder()) {
            sortOrder = sent.getOrDefault("sort_order", sortOrder);
            require(sortOrder.equals("A") || sortOrder.equals("D"), "sort_order");
        }
        String filterBy = rules.filterBy().isEmpty()
                ? rules.filteredBy() : sent.getOrDefault("filter_by", rules.filteredBy());
        Long modifiedAfter = null;
        if (rules.since() && sent.containsKey("last_modified_time")) {
            modifiedAfter = ZohoTime.read(request.parameter("last_modified_time"))
                    .orElseThrow(() -> new InvalidParameter("last_modified_time"));
        }
        TreeMap<String, String> rest = new TreeMap<>(sent);
        rest.keySet().removeAll(Set.of("page", "per_page", "organization_id"));
        return new ListQuery(positive(request, "page", 1), Math.min(MOST, positive(request, "per_page", MOST)),
                sortColumn, rules.numbers().contains(sortColumn), sortOrder.equals("D"), filterBy, modifiedAfter,
                ListFilters.of(sent, filterBy, rules), request.path() + sortColumn + sortOrder + rest);
    }

    /** What an answer says of its page. */
    public ObjectNode context(String reportName, boolean hasMore) {
        ObjectNode context = Json.object().put("page", page).put("per_page", perPage)
                .put("has_more_page", hasMore).put("report_name", reportName).put("applied_filter", filterBy)
                .put("sort_column", sortColumn).put("sort_order", descending ? "D" : "A");
        context.putArray("custom_fields");
        context.putArray("search_criteria");
        return context;
    }

    /** The same without records that are younger than so many seconds before now, in seconds since 1970. */
    public ListQuery lagging(long seconds, long now) {
        List<Predicate<ObjectNode>> older = new ArrayList<>(filters);
        older.add(record -> ZohoTime.read(record.path("created_time").asText()).orElse(0) <= now - seconds);
        return new ListQuery(page, perPage, sortColumn, sortsNumbers, descending, filterBy, modifiedAfter, older, key + now);
    }

    public boolean accepts(ObjectNode record) {
        return filters.stream().allMatch(filter -> filter.test(record));
    }

    private static int positive(Request request, String name, int otherwise) {
        String text = request.parameters().getOrDefault(name, Integer.toString(otherwise));
        require(text.matches("[1-9]\\d{0,8}"), name);
        return Integer.parseInt(text);
    }

    private static void require(boolean good, String parameter) {
        if (!good) {
            throw new InvalidParameter(parameter);
        }
    }

    /** The decimal number in a text, or the other when there is none. */
    public static BigDecimal number(String text, BigDecimal otherwise) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException none) {
            return otherwise;
        }
    }
}
