package io.saddlebag.operations;

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

    public int status() {
        return status;
    }

    public Map<String, Object> extensions() {
        return extensions;
    }
}
