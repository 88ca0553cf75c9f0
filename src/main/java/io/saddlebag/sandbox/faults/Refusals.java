package io.saddlebag.sandbox.faults;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Records that every write refuses, by the key that their client knows them by. A code that begins with {@code call:} refuses
 * the whole call that carries the record.
 */
public class Refusals {

    private static final String CALL = "call:";

    private final Map<String, String> codes = new LinkedHashMap<>();

    /** The codes by key. */
    public synchronized Map<String, String> all() {
        return new LinkedHashMap<>(codes);
    }

    /** Replaces all of them. */
    public synchronized void set(Map<String, String> given) {
        codes.clear();
        codes.putAll(given);
    }

    /** The code that a call with this record is refused with. */
    public synchronized Optional<String> ofCall(String key) {
        return of(key).filter(code -> code.startsWith(CALL)).map(code -> code.substring(CALL.length()));
    }

    /** The code that a write of this record is refused with. */
    public synchronized Optional<String> of(String key) {
        return Optional.ofNullable(codes.get(key));
    }
}
