package io.saddlebag.sandbox.accounts;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.Request;
import io.saddlebag.sandbox.wire.ZohoErrors;
import io.saddlebag.sandbox.wire.ZohoTime;

/** The organisations that the token's user belongs to. */
public class Organizations {

    private final Clients clients;

    public Organizations(Clients clients) {
        this.clients = clients;
    }

    /** {@code GET /organizations}. */
    public Answer list(Client client) {
        ObjectNode answer = Answer.envelope("success");
        ArrayNode all = answer.putArray("organizations");
        client.organizationIds().forEach(id -> all.add(organization(id, client)
                .put("plan_type", 0).put("plan_name", "FREE").put("plan_period", "Monthly")
                .put("tax_group_enabled", false).put("zi_migration_status", 0)
                .put("account_created_date_formatted", "31 Dec 2018")));
        return Answer.json(200, answer);
    }

    /** {@code GET /organizations/{id}}. */
    public Answer read(Request request, Client client) {
        String id = request.resource().get(1);
        if (!client.sees(id)) {
            return ZohoErrors.wrongOrganization(id);
        }
        ObjectNode organization = organization(id, client)
                .put("date_format", "dd MMM yyyy").put("field_separator", " ")
                .put("industry_type", "Retail").put("phone", "").put("fax", "").put("website", "");
        organization.putObject("address").put("street_address1", "").put("city", "Jaisalmer").put("country", "India");
        return Answer.json(200, Answer.envelope("success").set("organization", organization));
    }

    private ObjectNode organization(String id, Client client) {
        int number = clients.organisations().indexOf(id) + 1;
        return Json.object().put("organization_id", id)
                .put("name", "Saddlebag Sandbox" + (number == 1 ? "" : " " + number))
                .put("contact_name", "Sandbox Owner").put("email", "owner@sandbox.invalid")
                .put("is_default_org", id.equals(client.organizationId()))
                .put("account_created_date", "2018-12-31").put("time_zone", ZohoTime.ZONE.getId())
                .put("language_code", "en").put("fiscal_year_start_month", 3).put("is_org_active", true)
                .put("currency_id", "6000000000000064").put("currency_code", "INR").put("currency_symbol", "₹")
                .put("currency_format", "##,##,##0.00").put("price_precision", 2);
    }
}
