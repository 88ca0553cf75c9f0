package io.saddlebag.sandbox.wire;

/** The refusals of Zoho's Inventory API, word by word where the words are known. */
public final class ZohoErrors {

    private ZohoErrors() {
    }

    public static Answer minute() {
        return Answer.error(429, 44, "For security reasons your account has been blocked as you have exceeded "
                + "the maximum number of requests per minute that can originate from one account.");
    }

    public static Answer day(int limit) {
        return Answer.error(429, 45,
                "The API call for this organization has exceeded the maximum call rate limit of " + limit + ".");
    }

    public static Answer inFlight() {
        return Answer.error(429, 1070, "You have reached the maximum number of in process requests allowed. "
                + "Kindly try again after some time.");
    }

    public static Answer notAuthorized() {
        return Answer.error(401, 57, "You are not authorized to perform this operation");
    }

    /** Older words for the same. */
    public static Answer invalidToken() {
        return Answer.error(401, 14, "Invalid value passed for authtoken.");
    }

    public static Answer wrongOrganization(String organizationId) {
        return Answer.error(400, 6041,
                "This user is not associated with the CompanyID/CompanyName:" + organizationId + ".");
    }

    public static Answer notFound() {
        return Answer.error(404, 5,
                "We couldnt find any resource for the given ID. Please verify the ID and try again.");
    }

    /** A page meant for people: what Zoho answers where no API has the path. */
    public static Answer noSuchPage() {
        return Answer.html(404, "Not Found");
    }

    public static Answer gone(String entity) {
        return Answer.error(404, 1002, entity + " does not exist.");
    }

    public static Answer invalid(String parameter) {
        return Answer.error(400, 2, "Invalid value passed for " + parameter);
    }

    /** A record that an engineer chose to be refused: with a code of his own, or with the one of an invalid value. */
    public static Answer refused(String code) {
        return Answer.error(400, code.matches("\\d{1,9}") ? Integer.parseInt(code) : 2, "Switched on in the sandbox: " + code);
    }

    public static Answer notJson() {
        return Answer.error(400, 1038, "JSON is not well formed");
    }

    public static Answer internal(int status) {
        return Answer.error(status, 1000, "Internal error");
    }

    /** Of the token endpoint; its status is 400 in what clients saw and 200 in what Zoho writes. */
    public static Answer tokenThrottle(int status) {
        return Answer.json(status, Json.object()
                .put("error_description",
                        "You have made too many requests continuously. Please try again after some time.")
                .put("error", "Access Denied").put("status", "failure"));
    }

    /** Of the token endpoint, inside HTTP 200. */
    public static Answer oauth(String error) {
        return Answer.json(200, Json.object().put("error", error));
    }
}
