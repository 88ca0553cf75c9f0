package io.saddlebag.sandbox;

/**
 * What Zoho's descriptions leave open, decided the kinder way until somebody switches it.
 *
 * @param sortOrderIgnored   whether lists take no notice of a {@code sort_order} that no description names: they are then
 *                           sorted upwards
 * @param undescribedRecords whether one record answers where no description names its address; otherwise that is a wrong road
 */
public record SandboxHabits(boolean sortOrderIgnored, boolean undescribedRecords) {

    static final SandboxHabits KIND = new SandboxHabits(false, true);
}
