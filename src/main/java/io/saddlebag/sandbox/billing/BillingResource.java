package io.saddlebag.sandbox.billing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * A resource as {@code sandbox/billing.json} describes it. A list or map that the description leaves out is empty.
 *
 * @param name       as in its address, and the key of a list's records
 * @param recordKey  the key of a record answered alone
 * @param scope      that opens it, without the operation
 * @param idKey      the key of the id that Zoho gives
 * @param key        what an address names a record by: the id, or a code of the client's choice
 * @param firstId    id of the first record
 * @param keyField   what the count of writes names a record by
 * @param required   keys that a create needs; an update needs those of them that it can change, and the key
 * @param notUpdated keys that an update takes no notice of
 * @param numbers    keys that hold numbers
 * @param longest    most characters of a text
 * @param refers     keys that hold the id of a record of another resource
 * @param lists      resources of which a list under their name names records, by this key
 * @param unique     what may be there once
 * @param defaults   values of keys that a create does not send
 * @param filters    parameters by which a list can be filtered
 * @param gone       the error of a record that is not there
 * @param marks      calls that change the status, and their messages
 */
record BillingResource(String name, String recordKey, String scope, String idKey, String key, long firstId, String keyField,
                       List<String> required, List<String> notUpdated, List<String> numbers, Map<String, Integer> longest,
                       Map<String, String> refers, Map<String, String> lists, List<Unique> unique, ObjectNode defaults,
                       List<String> filters, Gone gone, String created, String updated, String deleted,
                       Map<String, String> marks) {

    /** What is answered when a value of the key is there already. */
    record Unique(String key, int code, String message) {
    }

    /** What is answered for a record that is not there, with HTTP 404. */
    record Gone(int code, String message) {
    }

    BillingResource {
        numbers = numbers == null ? List.of() : numbers;
        refers = refers == null ? Map.of() : refers;
        lists = lists == null ? Map.of() : lists;
        unique = unique == null ? List.of() : unique;
        filters = filters == null ? List.of() : filters;
    }
}
