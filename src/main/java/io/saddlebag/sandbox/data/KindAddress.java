package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.query.ListRules;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Where one of Zoho's APIs has a kind of record, and which keys and parameters the kind has there. A list or map that the
 * description leaves out is empty.
 *
 * @param path               from the API's name on: {@code /books/v3/invoices}
 * @param scopes             each of these scopes opens the address; without the operation: {@code ZohoBooks.invoices}
 * @param listKey            the key of a list's records
 * @param recordKey          the key of a record answered alone
 * @param sortColumns        what {@code sort_column} may name
 * @param orderDescribed     whether {@code sort_order} is described; where it is not, it works or not, see
 *                           {@link Habits}
 * @param since              whether {@code last_modified_time} filters
 * @param texts              as in {@link ListRules}
 * @param compared           as in {@link ListRules}
 * @param exact              as in {@link ListRules}
 * @param searched           as in {@link ListRules}
 * @param filteredBy         as in {@link ListRules}
 * @param filterBy           the other values of {@code filter_by}, and what a record's keys then hold
 * @param notInList          keys that a list's records lack
 * @param notAlone           keys that a record answered alone lacks
 * @param many               as in {@link ListRules}
 * @param writes             how records are written there; null where they are not
 * @param aloneIsUndescribed whether no description names the address of one record; it answers or not, see
 *                           {@link Habits}
 */
public record KindAddress(String path, List<String> scopes, String listKey, String recordKey, List<String> sortColumns,
                   boolean orderDescribed, boolean since, List<String> texts, List<String> compared,
                   List<String> exact, List<String> searched, String filteredBy,
                   Map<String, Map<String, String>> filterBy, List<String> notInList, List<String> notAlone,
                   boolean aloneIsUndescribed, List<String> many, Writing writes) {

    public KindAddress {
        sortColumns = sortColumns == null ? List.of() : sortColumns;
        texts = texts == null ? List.of() : texts;
        compared = compared == null ? List.of() : compared;
        many = many == null ? List.of() : many;
        exact = exact == null ? List.of() : exact;
        searched = searched == null ? List.of() : searched;
        filteredBy = filteredBy == null ? "Status.All" : filteredBy;
        filterBy = filterBy == null ? Map.of() : filterBy;
        notInList = notInList == null ? List.of() : notInList;
        notAlone = notAlone == null ? List.of() : notAlone;
    }

    /** Turns a whole record into the shape that the list has, in place. */
    ObjectNode listed(ObjectNode record) {
        CustomFields.flat(record);
        return record.remove(notInList);
    }

    /** Turns a whole record into the shape of one that is answered alone, in place. */
    public ObjectNode alone(ObjectNode record) {
        CustomFields.deep(record);
        return record.remove(notAlone);
    }

    ListRules rules(Kind kind, Habits habits) {
        Map<String, Predicate<ObjectNode>> filters = new HashMap<>();
        filterBy.forEach((name, keys) -> filters.put(name, record -> keys.entrySet().stream()
                .allMatch(key -> ListRules.is(record, key.getKey(), key.getValue()))));
        boolean takesOrder = !sortColumns.isEmpty() && (orderDescribed || !habits.sortOrderIgnored());
        return new ListRules(sortColumns, kind.numbers(), kind.sortedBy(), kind.newestFirst(), takesOrder, since, texts,
                compared, exact, many, searched, filteredBy, filters);
    }
}
