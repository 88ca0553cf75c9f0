package io.saddlebag.sandbox;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;

/** An answer that leaves piece by piece, each flushed; a route makes the pauses between. */
public class SandboxDrip {

    /** Sends the head; the number of bytes of the body that have left. */
    public int begin(SandboxCall call, SandboxAnswer answer, HttpServletResponse response) {
        response.setStatus(answer.status());
        response.setContentType(answer.contentType());
        response.setContentLength(answer.length());
        set(response, "Content-Encoding", answer.encoding());
        set(response, "Location", answer.location());
        if (call.day() != null) {
            set(response, "x-rate-limit-limit", call.day().limit());
            set(response, "x-rate-limit-remaining", call.day().remaining());
            set(response, "x-rate-limit-reset", call.day().reset());
        }
        return send(answer, 0, 0, response);
    }

    /** Where the last piece of the body begins. */
    public int last(SandboxCall call, SandboxAnswer answer) {
        return Math.max(0, answer.length() - 1) / piece(call) * piece(call);
    }

    /** Sends the next piece; the number of bytes that have left, which is all when the client no longer listens. */
    public int next(SandboxCall call, SandboxAnswer answer, int sent, HttpServletResponse response) {
        return send(answer, sent, piece(call), response);
    }

    /** The answer with what is left of its body. */
    public SandboxAnswer rest(SandboxAnswer answer, int sent) {
        return answer.withBody(Arrays.copyOfRange(answer.body(), sent, answer.length()), answer.encoding());
    }

    private static int piece(SandboxCall call) {
        return call.fault().bytes() == null ? 1 : call.fault().bytes();
    }

    private static int send(SandboxAnswer answer, int from, int size, HttpServletResponse response) {
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
