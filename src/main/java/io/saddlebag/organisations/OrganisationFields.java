package io.saddlebag.organisations;

import java.util.Map;

/**
 * What the API is told of an organisation.
 *
 * @param given by the fields' names, checked; null where a field goes back to the settings
 */
public record OrganisationFields(Map<String, Object> given) {

    boolean has(String field) {
        return given.containsKey(field);
    }

    String text(String field) {
        return text(field, null);
    }

    String text(String field, String otherwise) {
        return has(field) ? (String) given.get(field) : otherwise;
    }

    /** Without the values, for there are secrets among them. */
    @Override
    public String toString() {
        return "OrganisationFields" + given.keySet();
    }
}
