package io.saddlebag.health;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The problems of an installation in the order in which they are shown. Each has its own key. */
class Findings {

    private final Map<String, Finding> byKey = new LinkedHashMap<>();

    /** A second problem with the same key gets a number behind its key. */
    void add(Finding finding) {
        String key = finding.key();
        for (int n = 2; byKey.containsKey(key); n++) {
            key = finding.key() + "." + n;
        }
        byKey.put(key, new Finding(key, finding.org(), finding.text(), finding.since(), finding.mend()));
    }

    boolean isEmpty() {
        return byKey.isEmpty();
    }

    /** Adds problems to two lists in the same order: the sentences alone, and the findings. */
    void addTo(ObjectNode health) {
        ArrayNode problems = health.putArray("problems");
        ArrayNode findings = health.putArray("findings");
        byKey.values().forEach(finding -> {
            problems.add(finding.text());
            findings.add(finding.json());
        });
    }
}
