package io.saddlebag.trips;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The way of a record through the flows.
 *
 * @param visits each file at which a reader arrives, in order; a file is named again when the way comes back to it
 */
record Trip(List<String> visits) {

    Set<String> files() {
        return new LinkedHashSet<>(visits);
    }

    /** How often the language changes between YAML, SQL and Java. */
    int switches() {
        int switches = 0;
        for (int i = 1; i < visits.size(); i++) {
            switches += language(visits.get(i)).equals(language(visits.get(i - 1))) ? 0 : 1;
        }
        return switches;
    }

    private static String language(String file) {
        return file.substring(file.lastIndexOf('.'));
    }
}
