package io.saddlebag.organisations;

import java.util.Map;
import java.util.Set;

/**
 * The fields of an organisation that a request gives.
 *
 * @param given checked values by field name; null resets a field to the settings
 */
public record OrganisationFields(Map<String, Object> given) {

    boolean has(String field) {
        return given.containsKey(field);
    }

    /** Asked by the route. Asking the map itself would show its values, secrets among them, in Camel's finest log. */
    public boolean isPushOnly() {
        return given.keySet().equals(Set.of("push"));
    }

    String text(String field) {
        return text(field, null);
    }

    String text(String field, String otherwise) {
        return has(field) ? (String) given.get(field) : otherwise;
    }

    /** @return by push target or setting of pushes the value; empty where none is given */
    @SuppressWarnings("unchecked")
    Map<String, Object> push() {
        return (Map<String, Object>) given.getOrDefault("push", Map.of());
    }

    /** Without the values, for there are secrets among them. */
    @Override
    public String toString() {
        return "OrganisationFields" + given.keySet();
    }
}
