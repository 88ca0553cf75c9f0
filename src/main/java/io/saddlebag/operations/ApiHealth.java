package io.saddlebag.operations;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.zoho.ZohoCircuits;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** Adds to what the database knows of the copy what this process knows of the circuits, and judges both. */
@Component("apiHealth")
@Profile("!sandbox")
public class ApiHealth {

    private final ZohoCircuits circuits;
    private final ObjectMapper json = new ObjectMapper();

    ApiHealth(ZohoCircuits circuits) {
        this.circuits = circuits;
    }

    /** @param organisations JSON array of what the database knows */
    public String of(@Body String organisations, Exchange exchange) throws JsonProcessingException {
        ObjectNode health = json.createObjectNode();
        JsonNode all = json.readTree(organisations);
        String status = "UP";
        int stopped = 0;
        for (JsonNode organisation : all) {
            String circuit = circuits.state(organisation.get("org").asText());
            ((ObjectNode) organisation).put("circuit", circuit);
            boolean needsPerson = !organisation.get("token").get("toDo").isNull();
            stopped += needsPerson ? 1 : 0;
            if (needsPerson || "OPEN".equals(circuit) || troubled(organisation)) {
                status = "DEGRADED";
            }
        }
        status = stopped > 0 && stopped == all.size() ? "DOWN" : status;
        health.put("status", status).put("database", "UP").set("organisations", all);
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, "DOWN".equals(status) ? 503 : 200);
        return health.toString();
    }

    /** @return the answer when the database is away */
    public String withoutDatabase(Exchange exchange) {
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 503);
        return json.createObjectNode().put("status", "DOWN").put("database", "DOWN").toString();
    }

    private static boolean troubled(JsonNode organisation) {
        for (JsonNode run : organisation.get("lastRuns")) {
            if (run.get("status").asText().matches("failed|abandoned|partial")) {
                return true;
            }
        }
        return !organisation.get("quota").get("blockedUntil").isNull();
    }
}
