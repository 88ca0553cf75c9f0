package io.saddlebag.sandbox.data;

/**
 * Behaviour that Zoho's descriptions leave open. Each starts with the reading that is easier for a client, and can be switched.
 *
 * @param sortOrderIgnored   whether lists take no notice of a {@code sort_order} that no description names: they are then
 *                           sorted upwards
 * @param undescribedRecords whether one record answers where no description names its address; otherwise that address does not exist
 */
public record Habits(boolean sortOrderIgnored, boolean undescribedRecords) {

    static final Habits KIND = new Habits(false, true);
}
