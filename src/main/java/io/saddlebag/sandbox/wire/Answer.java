package io.saddlebag.sandbox.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/**
 * What goes back to the client.
 *
 * @param status      HTTP status
 * @param code        Zoho's code of the envelope, the HTTP status where that is a word; 0 for success and without an envelope
 * @param contentType media type of the body
 * @param location    where a redirect leads; null for anything else
 * @param encoding    how the body is packed; null when it is not
 * @param body        the bytes
 */
public record Answer(int status, int code, String contentType, String location, String encoding, byte[] body) {

    private static final String JSON = "application/json;charset=UTF-8";
    private static final String HTML = "text/html;charset=UTF-8";

    public static Answer json(int status, Object body) {
        return new Answer(status, 0, JSON, null, null, Json.bytes(body));
    }

    /** Zoho's envelope of a success: code 0 and the message; the caller adds the rest. */
    public static ObjectNode envelope(String message) {
        return Json.object().put("code", 0).put("message", message);
    }

    /** Zoho's envelope of a failure. */
    public static Answer error(int status, int code, String message) {
        return new Answer(status, code, JSON, null, null,
                Json.bytes(Json.object().put("code", code).put("message", message)));
    }

    /** An HTML page, as load balancers and wrong addresses answer. */
    public static Answer html(int status, String title) {
        String page = "<!DOCTYPE html><html><head><title>%1$s</title></head><body><h1>%1$s</h1></body></html>";
        return new Answer(status, 0, HTML, null, null, page.formatted(title).getBytes(StandardCharsets.UTF_8));
    }

    public static Answer bytes(String contentType, byte[] body) {
        return new Answer(200, 0, contentType, null, null, body);
    }

    public static Answer redirect(int status, String location) {
        return new Answer(status, 0, HTML, location, null, new byte[0]);
    }

    public static Answer empty(int status) {
        return new Answer(status, 0, JSON, null, null, new byte[0]);
    }

    public Answer withStatus(int other) {
        return new Answer(other, code, contentType, location, encoding, body);
    }

    /** The same with this status, unless it is a refusal. */
    public Answer withStatusOfGood(int other) {
        return status < 300 ? withStatus(other) : this;
    }

    public Answer withCode(int other) {
        return new Answer(status, other, contentType, location, encoding, body);
    }

    public Answer withBody(byte[] other, String packed) {
        return new Answer(status, code, contentType, location, packed, other);
    }

    /** Of the body, in bytes. */
    public int length() {
        return body.length;
    }
}
