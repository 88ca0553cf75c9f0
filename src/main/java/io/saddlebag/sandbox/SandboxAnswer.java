package io.saddlebag.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/**
 * What goes back to the client.
 *
 * @param status      HTTP status
 * @param code        Zoho's code of the envelope; 0 for success and where there is no envelope
 * @param contentType media type of the body
 * @param location    where a redirect leads; null for anything else
 * @param encoding    how the body is packed; null when it is not
 * @param body        the bytes
 */
public record SandboxAnswer(int status, int code, String contentType, String location, String encoding, byte[] body) {

    private static final String JSON = "application/json;charset=UTF-8";
    private static final String HTML = "text/html;charset=UTF-8";

    static SandboxAnswer json(int status, Object body) {
        return new SandboxAnswer(status, 0, JSON, null, null, SandboxJson.bytes(body));
    }

    /** Zoho's envelope of a success: code 0, the message, and what the caller puts beside them. */
    static ObjectNode envelope(String message) {
        return SandboxJson.object().put("code", 0).put("message", message);
    }

    /** Zoho's envelope of a failure. */
    static SandboxAnswer error(int status, int code, String message) {
        return new SandboxAnswer(status, code, JSON, null, null,
                SandboxJson.bytes(SandboxJson.object().put("code", code).put("message", message)));
    }

    /** A page meant for people, as load balancers and wrong roads answer. */
    static SandboxAnswer html(int status, String title) {
        String page = "<!DOCTYPE html><html><head><title>%1$s</title></head><body><h1>%1$s</h1></body></html>";
        return new SandboxAnswer(status, 0, HTML, null, null, page.formatted(title).getBytes(StandardCharsets.UTF_8));
    }

    static SandboxAnswer bytes(String contentType, byte[] body) {
        return new SandboxAnswer(200, 0, contentType, null, null, body);
    }

    static SandboxAnswer redirect(int status, String location) {
        return new SandboxAnswer(status, 0, HTML, location, null, new byte[0]);
    }

    static SandboxAnswer empty(int status) {
        return new SandboxAnswer(status, 0, JSON, null, null, new byte[0]);
    }

    SandboxAnswer withStatus(int other) {
        return new SandboxAnswer(other, code, contentType, location, encoding, body);
    }

    SandboxAnswer withBody(byte[] other, String packed) {
        return new SandboxAnswer(status, code, contentType, location, packed, other);
    }

    /** Of the body, in bytes. */
    public int length() {
        return body.length;
    }
}
