package io.saddlebag.sandbox;

/** The refusals of Zoho's Inventory API, word by word where the words are known. */
final class ZohoErrors {

    private ZohoErrors() {
    }

    static SandboxAnswer minute() {
        return SandboxAnswer.error(429, 44, "For security reasons your account has been blocked as you have exceeded "
                + "the maximum number of requests per minute that can originate from one account.");
    }

    static SandboxAnswer day(int limit) {
        return SandboxAnswer.error(429, 45,
                "The API call for this organization has exceeded the maximum call rate limit of " + limit + ".");
    }

    static SandboxAnswer inFlight() {
        return SandboxAnswer.error(429, 1070, "You have reached the maximum number of in process requests allowed. "
                + "Kindly try again after some time.");
    }

    static SandboxAnswer notAuthorized() {
        return SandboxAnswer.error(401, 57, "You are not authorized to perform this operation");
    }

    /** Older words for the same. */
    static SandboxAnswer invalidToken() {
        return SandboxAnswer.error(401, 14, "Invalid value passed for authtoken.");
    }

    static SandboxAnswer wrongOrganization(String organizationId) {
        return SandboxAnswer.error(400, 6041,
                "This user is not associated with the CompanyID/CompanyName:" + organizationId + ".");
    }

    static SandboxAnswer notFound() {
        return SandboxAnswer.error(404, 5,
                "We couldnt find any resource for the given ID. Please verify the ID and try again.");
    }

    static SandboxAnswer gone(String entity) {
        return SandboxAnswer.error(404, 1002, entity + " does not exist.");
    }

    static SandboxAnswer invalid(String parameter) {
        return SandboxAnswer.error(400, 2, "Invalid value passed for " + parameter);
    }

    static SandboxAnswer notJson() {
        return SandboxAnswer.error(400, 1038, "JSON is not well formed");
    }

    static SandboxAnswer internal(int status) {
        return SandboxAnswer.error(status, 1000, "Internal error");
    }

    /** Of the token endpoint; its status is 400 in what clients saw and 200 in what Zoho writes. */
    static SandboxAnswer tokenThrottle(int status) {
        return SandboxAnswer.json(status, SandboxJson.object()
                .put("error_description",
                        "You have made too many requests continuously. Please try again after some time.")
                .put("error", "Access Denied").put("status", "failure"));
    }

    /** Of the token endpoint, inside HTTP 200. */
    static SandboxAnswer oauth(String error) {
        return SandboxAnswer.json(200, SandboxJson.object().put("error", error));
    }
}
