package io.saddlebag.problem;

import java.util.Map;

/** Refuses a request; carries the answer, which is sent as {@code application/problem+json}. */
public class ApiException extends RuntimeException {

    private final int status;
    private final Map<String, Object> extensions;

    /**
     * @param status the HTTP status
     * @param detail the fault and its remedy
     * @param extensions further members of the answer
     */
    public ApiException(int status, String detail, Map<String, Object> extensions) {
        super(detail);
        this.status = status;
        this.extensions = extensions;
    }

    /** Refuses a field of the request's body; the answer names it in the detail and as {@code field}. */
    public static ApiException ofField(int status, String field, String problem) {
        return new ApiException(status, field + ": " + problem, Map.of("field", field));
    }

    public int status() {
        return status;
    }

    public Map<String, Object> extensions() {
        return extensions;
    }
}
