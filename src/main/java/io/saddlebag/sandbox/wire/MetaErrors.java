package io.saddlebag.sandbox.wire;

/** The refusals of Meta's Graph API. */
public final class MetaErrors {

    private MetaErrors() {
    }

    public static Answer error(int status, int code, String type, String message) {
        return Answer.json(status, Json.object().set("error", Json.object().put("message", message).put("type", type).put("code", code)
                .put("fbtrace_id", "Asandbox"))).withCode(code);
    }

    public static Answer invalidToken() {
        return error(401, 190, "OAuthException", "Invalid OAuth access token - Cannot parse access token");
    }

    public static Answer unknown(String id) {
        return error(400, 100, "GraphMethodException", "Unsupported request. Object with ID '" + id
                + "' does not exist, cannot be loaded due to missing permissions, or does not support this operation.");
    }

    public static Answer invalid(String message) {
        return error(400, 100, "OAuthException", "(#100) " + message);
    }

    /** One of the codes that a fault switches on. */
    public static Answer fault(int code) {
        return switch (code) {
            case 80014 -> error(400, code, "OAuthException", "(#80014) There have been too many calls for the batch uploads to this "
                    + "catalog account. Wait a bit and try again.");
            case 190 -> invalidToken();
            case 1 -> error(500, code, "OAuthException", "Please reduce the amount of data you're asking for, then retry your request");
            default -> error(500, 2, "OAuthException", "An unexpected error has occurred. Please retry your request later.");
        };
    }
}
