package io.saddlebag.sandbox;

import java.util.List;

/**
 * A kind of record beside the items, as {@code sandbox/kinds.json} describes it.
 *
 * @param name        as in addresses of the control API: {@code invoices}
 * @param title       the name of its report in a page context
 * @param idKey       the key of a record's id
 * @param firstId     id of the first record; the others follow in steps of 1,000
 * @param records     how many there are at the start
 * @param sortedBy    the key that its lists are sorted by when nobody asks; it may be one that is never answered
 * @param newestFirst whether the highest then comes first
 * @param numbers     keys that sort as numbers
 * @param addresses   where it is found
 */
record SandboxKind(String name, String title, String idKey, long firstId, int records, String sortedBy,
                   boolean newestFirst, List<String> numbers, List<KindAddress> addresses) {

    SandboxKind {
        numbers = numbers == null ? List.of() : numbers;
    }
}
