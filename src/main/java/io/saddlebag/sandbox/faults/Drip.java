package io.saddlebag.sandbox.faults;

import io.saddlebag.sandbox.limits.Limits.Day;
import io.saddlebag.sandbox.wire.Answer;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;

/** Sends an answer piece by piece and flushes each; the route makes the pauses. */
public class Drip {

    /** Sends the head; the number of bytes of the body that have left. */
    public int begin(Answer answer, Day day, HttpServletResponse response) {
        response.setStatus(answer.status());
        response.setContentType(answer.contentType());
        response.setContentLength(answer.length());
        set(response, "Content-Encoding", answer.encoding());
        set(response, "Location", answer.location());
        if (day != null) {
            set(response, "x-rate-limit-limit", day.limit());
            set(response, "x-rate-limit-remaining", day.remaining());
            set(response, "x-rate-limit-reset", day.reset());
        }
        return send(answer, 0, 0, response);
    }

    /** Where the last piece of the body begins. */
    public int last(Answer answer, Fault drip) {
        return Math.max(0, answer.length() - 1) / piece(drip) * piece(drip);
    }

    /** Sends the next piece; the number of bytes that have left, which is all when the client no longer listens. */
    public int next(Answer answer, Fault drip, int sent, HttpServletResponse response) {
        return send(answer, sent, piece(drip), response);
    }

    /** The answer with the rest of its body. */
    public Answer rest(Answer answer, int sent) {
        return answer.withBody(Arrays.copyOfRange(answer.body(), sent, answer.length()), answer.encoding());
    }

    private static int piece(Fault drip) {
        return drip.bytes() == null ? 1 : drip.bytes();
    }

    private static int send(Answer answer, int from, int size, HttpServletResponse response) {
        try {
            response.getOutputStream().write(answer.body(), from, size);
            response.flushBuffer();
            return from + size;
        } catch (IOException clientGone) {
            return answer.length();
        }
    }

    private static void set(HttpServletResponse response, String name, Object value) {
        if (value != null) {
            response.setHeader(name, value.toString());
        }
    }
}
