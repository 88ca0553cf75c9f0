package io.saddlebag.problem;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Message;

/** Reads parameters of a request, and refuses values that are not allowed. */
public final class RequestParameter {

    private RequestParameter() {
    }

    /**
     * @param otherwise the default for an absent parameter; may be null
     * @throws ApiException 400 for any other value
     */
    public static String oneOf(Message request, String parameter, String otherwise, Set<String> values) {
        String value = request.getHeader(parameter, otherwise, String.class);
        if (value != null && !values.contains(value)) {
            throw new ApiException(400, parameter + " must be one of " + String.join(", ", new TreeSet<>(values))
                    + ", not \"" + value + "\"", Map.of());
        }
        return value;
    }

    /**
     * @return false for an absent parameter
     * @throws ApiException 400 for any value but true and false
     */
    public static boolean flag(Message request, String parameter) {
        return Boolean.parseBoolean(oneOf(request, parameter, "false", Set.of("true", "false")));
    }

    /**
     * @param otherwise the default for an absent parameter
     * @throws ApiException 400 for any value but a number from 1 to {@code most}
     */
    public static long number(Message request, String parameter, long otherwise, long most) {
        String text = request.getHeader(parameter, String.class);
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("[0-9]{1,18}") || Long.parseLong(text) < 1 || Long.parseLong(text) > most) {
            throw new ApiException(400, parameter + " must be a number from 1" + (most == Long.MAX_VALUE ? "" : " to " + most), Map.of());
        }
        return Long.parseLong(text);
    }
}
