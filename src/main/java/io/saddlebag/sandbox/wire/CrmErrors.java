package io.saddlebag.sandbox.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** The refusals of a whole call by Zoho CRM: its codes are words, and stand for the HTTP status in the counts. */
public final class CrmErrors {

    private CrmErrors() {
    }

    public static ObjectNode error(String code, ObjectNode details, String message) {
        ObjectNode error = Json.object().put("code", code);
        return error.<ObjectNode>set("details", details).put("message", message).put("status", "error");
    }

    public static Answer refusal(int status, String code, String message) {
        return refusal(status, code, Json.object(), message);
    }

    public static Answer refusal(int status, String code, ObjectNode details, String message) {
        return Answer.json(status, error(code, details, message)).withCode(status);
    }

    public static Answer invalidToken() {
        return refusal(401, "INVALID_TOKEN", "invalid oauth token");
    }

    public static Answer scopeMismatch() {
        return refusal(401, "OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL");
    }

    public static Answer tooManyRequests() {
        return refusal(429, "TOO_MANY_REQUESTS", "You have made too many requests. Please try again later.");
    }

    public static Answer internal(int status) {
        return refusal(status, "INTERNAL_ERROR", "Internal Server Error");
    }

    public static Answer noSuchPage() {
        return refusal(404, "INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one");
    }

    public static Answer notJson() {
        return refusal(400, "INVALID_REQUEST", "unable to process your request. please verify whether you have entered proper "
                + "method name, parameter and parameter values.");
    }
}
