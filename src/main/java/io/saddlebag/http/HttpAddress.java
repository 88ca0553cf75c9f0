package io.saddlebag.http;

import org.springframework.stereotype.Component;

/**
 * An address as it is given to Camel's HTTP component. That puts settings, system properties and environment variables in the place of
 * {@code {{...}}} in an address, whoever wrote it (CVE-2026-78164). An address has no braces; percent-encoded they are sent as written.
 */
@Component("httpAddress")
public class HttpAddress {

    /** @return null for null */
    public String literal(String address) {
        return address == null ? null : address.replace("{", "%7B").replace("}", "%7D");
    }

    /**
     * @param path of Zoho's API: every call is about one organisation, but for the list of them. Billing, CRM and Desk know it by other means
     * @param query the pairs of the caller; may be empty
     * @return the query of a call to Zoho; null where it has none
     */
    public String query(String org, String path, String query) {
        if (path.startsWith("/billing/") || path.startsWith("/crm/") || path.startsWith("/desk/")) {
            return query == null || query.isEmpty() ? null : literal(query);
        }
        return path.endsWith("/organizations") ? null : literal("organization_id=" + org + (query == null || query.isEmpty() ? "" : "&" + query));
    }
}
