package io.saddlebag.problem;

import java.util.Map;

/** A request that cannot be served as it is: what to answer, as {@code application/problem+json}. */
public class ApiException extends RuntimeException {

    private final int status;
    private final Map<String, Object> extensions;

    /**
     * @param status the HTTP status
     * @param detail what is wrong and what to do about it
     * @param extensions further members of the answer
     */
    public ApiException(int status, String detail, Map<String, Object> extensions) {
        super(detail);
        this.status = status;
        this.extensions = extensions;
    }

    /** A field of the request's body that cannot be: named in the detail, and by itself as {@code field}. */
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
