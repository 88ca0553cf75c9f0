package io.saddlebag.console;

import java.io.Serial;
import java.util.LinkedHashMap;

/** A JSON object of an answer. A member that the API left out is null for a template. */
class JsonObject extends LinkedHashMap<String, Object> {

    @Serial
    private static final long serialVersionUID = 1;

    @Override
    public boolean containsKey(Object name) {
        return true;
    }
}
