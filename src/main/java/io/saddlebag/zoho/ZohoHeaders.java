package io.saddlebag.zoho;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.camel.Headers;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/** The headers of a call that depend on the caller or on Zoho's product. */
@Component("zohoHeaders")
public class ZohoHeaders {

    private static final List<String> ALLOWED =
        List.of("X-Unique-Identifier-Key", "X-Unique-Identifier-Value", "X-Upsert", "X-EXTERNAL", "If-Unmodified-Since");
    /** The characters that are allowed: no line break, which would begin another header, and none that a server could read in another way. */
    private static final Pattern VALUE = Pattern.compile("[\\x21-\\x7E]([\\x20-\\x7E]*[\\x21-\\x7E])?");

    /**
     * @param headers of the caller; null: none
     * @throws ZohoRejectedException before a call is made, for the first header that cannot be sent
     */
    public void check(@Variable("headers") Map<String, Object> headers) {
        if (headers != null) {
            headers.forEach(ZohoHeaders::check);
        }
    }

    private static void check(String name, Object value) {
        if (ALLOWED.stream().noneMatch(name::equalsIgnoreCase)) {
            throw new ZohoRejectedException("The header \"" + name.replaceAll("[^\\x20-\\x7E]", "?") + "\" is none that a call to Zoho may set: "
                + "no call was made. The headers are " + String.join(", ", ALLOWED));
        }
        if (value == null || !VALUE.matcher(value.toString()).matches()) {
            throw new ZohoRejectedException("The value of the header " + name + " cannot be sent as it is: no call was made. It is empty, begins or "
                + "ends with a space, or has other characters than those of ASCII (code 32 to 126), which are the only ones that HTTP "
                + "carries unchanged. Use a key of ASCII characters");
        }
    }

    /**
     * Adds the caller's headers, and the organisation if the product takes it from a header.
     *
     * @param slot has desk_org_id if the path is one of Desk's
     * @throws ZohoConnectionException before a call is made, if the organisation's id in Desk is not set
     */
    public void add(@Headers Map<String, Object> all, @Variable("org") String org, @Variable("path") String path,
            @Variable("headers") Map<String, Object> headers, @Variable("slot") Map<String, Object> slot) {
        if (headers != null) {
            headers.forEach((name, value) -> all.put(name, value.toString()));
        }
        ZohoProduct product = ZohoProduct.of(path);
        if (product == ZohoProduct.BILLING) {
            all.put("X-com-zoho-subscriptions-organizationid", org);
        } else if (product == ZohoProduct.DESK && !path.endsWith("/organizations")) {
            if (slot.get("desk_org_id") == null) {
                throw new ZohoConnectionException("Organisation " + org + " has no deskOrgId, and Zoho Desk has ids of its own: no call was made. "
                    + "Read the id at https://desk.zoho.<region>/api/v1/organizations, and PATCH /api/organisations/" + org + " with deskOrgId");
            }
            all.put("orgId", slot.get("desk_org_id"));
        }
    }
}
