package io.saddlebag.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The organisations that the token's user belongs to. */
public class SandboxOrganizations {

    private final SandboxConnections connections;

    public SandboxOrganizations(SandboxConnections connections) {
        this.connections = connections;
    }

    /** {@code GET /organizations}. */
    public SandboxAnswer list(SandboxCall call) {
        ObjectNode answer = SandboxAnswer.envelope("success");
        ArrayNode all = answer.putArray("organizations");
        call.connection().organizationIds().forEach(id -> all.add(organization(id, call.connection())
                .put("plan_type", 0).put("plan_name", "FREE").put("plan_period", "Monthly")
                .put("tax_group_enabled", false).put("zi_migration_status", 0)
                .put("account_created_date_formatted", "31 Dec 2018")));
        return SandboxAnswer.json(200, answer);
    }

    /** {@code GET /organizations/{id}}. */
    public SandboxAnswer read(SandboxCall call) {
        String id = call.request().resource().get(1);
        if (!call.connection().sees(id)) {
            return ZohoErrors.wrongOrganization(id);
        }
        ObjectNode organization = organization(id, call.connection())
                .put("date_format", "dd MMM yyyy").put("field_separator", " ")
                .put("industry_type", "Retail").put("phone", "").put("fax", "").put("website", "");
        organization.putObject("address").put("street_address1", "").put("city", "Jaisalmer").put("country", "India");
        return SandboxAnswer.json(200, SandboxAnswer.envelope("success").set("organization", organization));
    }

    private ObjectNode organization(String id, SandboxConnection connection) {
        int number = connections.organisations().indexOf(id) + 1;
        return SandboxJson.object().put("organization_id", id)
                .put("name", "Saddlebag Sandbox" + (number == 1 ? "" : " " + number))
                .put("contact_name", "Sandbox Owner").put("email", "owner@sandbox.invalid")
                .put("is_default_org", id.equals(connection.organizationId()))
                .put("account_created_date", "2018-12-31").put("time_zone", SandboxLimits.ZONE.getId())
                .put("language_code", "en").put("fiscal_year_start_month", 3).put("is_org_active", true)
                .put("currency_id", "6000000000000064").put("currency_code", "INR").put("currency_symbol", "₹")
                .put("currency_format", "##,##,##0.00").put("price_precision", 2);
    }
}
