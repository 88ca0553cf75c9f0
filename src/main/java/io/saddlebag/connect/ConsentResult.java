package io.saddlebag.connect;

import io.saddlebag.organisations.Organisations;
import java.util.List;
import java.util.Map;

/**
 * The result of a consent, for a page or as JSON.
 *
 * @param status        {@code connected}, {@code choose} or {@code wrong-organisation}
 * @param org           the organisation's id (pending-... if it has none yet); null until one is chosen
 * @param region        region in which the organisation is connected; null unless connected
 * @param detail        one sentence or more for the person
 * @param notes         further notes; may be empty
 * @param missingScopes scopes that were not granted; may be empty
 * @param organisations to choose from, or those that the person belongs to: orgId and name; may be empty
 * @param choice        token that the form sends back; null unless status is choose
 */
public record ConsentResult(String status, String org, String region, String detail, List<String> notes,
                            List<String> missingScopes, List<Map<String, String>> organisations, String choice) {

    static ConsentResult connected(String org, String region, List<String> notes, List<String> missingScopes) {
        return new ConsentResult("connected", org, region, "Organisation " + org + " is connected, in region " + region + ".",
            notes, missingScopes, List.of(), null);
    }

    static ConsentResult choose(String choice, List<Map<String, String>> organisations) {
        return new ConsentResult("choose", null, null, "The person who agreed belongs to several organisations. Choose one.",
            List.of(), List.of(), organisations, choice);
    }

    static ConsentResult wrongOrganisation(String org, List<Map<String, String>> organisations) {
        String meant = Organisations.isPending(org) ? "any organisation of Zoho Inventory" : "organisation " + org;
        return new ConsentResult("wrong-organisation", org, null, "The person who agreed does not belong to " + meant
            + ". Nothing was changed: log in to Zoho as a member and open /oauth/connect?org=" + org + " again"
            + (organisations.isEmpty() ? "." : ", or set up one of the organisations below."),
            List.of(), List.of(), organisations, null);
    }

    int httpStatus() {
        return status.equals("wrong-organisation") ? 409 : 200;
    }
}
