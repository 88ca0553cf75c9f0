package io.saddlebag.sandbox.meta;

import java.util.Map;

/**
 * How the catalogue behaves.
 *
 * @param polls       how often a handle is answered as started before it is finished
 * @param ms          how long it takes at least until a handle is finished, in milliseconds
 * @param most        requests of a batch; one more is too much data
 * @param errors      what is found wrong with an item after its batch was accepted, by the item's id
 * @param validations what is found wrong with an item at once, by the item's id
 */
public record MetaHabits(int polls, int ms, int most, Map<String, String> errors, Map<String, String> validations) {

    static final MetaHabits USUAL = new MetaHabits(1, 0, 5000, Map.of(), Map.of());
}
