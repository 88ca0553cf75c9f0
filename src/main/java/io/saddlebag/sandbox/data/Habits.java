package io.saddlebag.sandbox.data;

import java.util.List;

/**
 * Behaviour that Zoho's descriptions leave open. Each starts with the reading that is easier for a client, and can be switched.
 *
 * @param sortOrderIgnored   whether lists take no notice of a {@code sort_order} that no description names: they are then
 *                           sorted upwards
 * @param undescribedRecords whether one record answers where no description names its address; otherwise that address does not exist
 * @param duplicateCode      code of the refusal of a taken SKU or number in Inventory and Books, with HTTP 400
 * @param uniqueItemNames    whether the name of an item is refused when another has it: a setting of the organisation
 * @param uniqueFields       custom fields of Books that take no duplicates
 * @param identifierInBody   whether an upsert of Books stores its identifier only where the body holds it too
 */
public record Habits(boolean sortOrderIgnored, boolean undescribedRecords, int duplicateCode, boolean uniqueItemNames,
                     List<String> uniqueFields, boolean identifierInBody) {

    static final Habits KIND = new Habits(false, true, 1001, false, List.of(CustomFields.OWN_REFERENCE), false);
}
