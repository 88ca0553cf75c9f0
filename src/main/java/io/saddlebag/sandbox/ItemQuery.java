package io.saddlebag.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What a list call asks for.
 *
 * @param page          from 1
 * @param perPage       records of a page, 200 at most
 * @param sortColumn    the key to sort by
 * @param descending    the highest first
 * @param filterBy      the filter's name for the page context
 * @param modifiedAfter seconds since 1970; null for all
 * @param filters       what a record in list shape has to pass
 * @param key           the same for calls that differ in nothing but the page
 */
record ItemQuery(int page, int perPage, String sortColumn, boolean descending, String filterBy, Long modifiedAfter,
                 List<Predicate<ObjectNode>> filters, String key) {

    private static final int MOST = 200;
    private static final Set<String> SORT_COLUMNS = Set.of("name", "sku", "rate", "purchase_rate", "created_time",
            "last_modified_time", "reorder_level", "stock_on_hand");

    /** @throws InvalidParameter when Zoho would not take a value */
    static ItemQuery of(SandboxRequest request) {
        String sortColumn = request.parameters().getOrDefault("sort_column", "name");
        require(SORT_COLUMNS.contains(sortColumn), "sort_column");
        String sortOrder = request.parameters().getOrDefault("sort_order", "A");
        require(sortOrder.equals("A") || sortOrder.equals("D"), "sort_order");
        String filterBy = request.parameters().getOrDefault("filter_by", "Status.All");
        Long modifiedAfter = null;
        if (request.parameters().containsKey("last_modified_time")) {
            modifiedAfter = SandboxTimes.read(request.parameter("last_modified_time"))
                    .orElseThrow(() -> new InvalidParameter("last_modified_time"));
        }
        TreeMap<String, String> rest = new TreeMap<>(request.parameters());
        rest.keySet().removeAll(Set.of("page", "per_page", "organization_id"));
        return new ItemQuery(positive(request, "page", 1), Math.min(MOST, positive(request, "per_page", MOST)),
                sortColumn, sortOrder.equals("D"), filterBy, modifiedAfter,
                ItemFilters.of(request.parameters(), filterBy), rest.toString());
    }

    boolean accepts(ObjectNode item) {
        return filters.stream().allMatch(filter -> filter.test(item));
    }

    private static int positive(SandboxRequest request, String name, int otherwise) {
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
    static BigDecimal number(String text, BigDecimal otherwise) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException none) {
            return otherwise;
        }
    }
}
