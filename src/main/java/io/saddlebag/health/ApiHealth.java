package io.saddlebag.health;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.connect.PublicUrl;
import io.saddlebag.database.ReadOnlyEviction;
import io.saddlebag.pull.OrganisationTimers;
import io.saddlebag.pull.TimerAgreement;
import io.saddlebag.security.Caller;
import io.saddlebag.webhook.WebhookSecrets;
import io.saddlebag.zoho.WaitingCalls;
import io.saddlebag.zoho.ZohoCircuits;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Completes the database's part of the health answer with the state of this process, and derives the status. DOWN: nothing
 * works until a person acts. DEGRADED: something is wrong and the rest works. Each problem names its cause and its remedy.
 */
@Component("apiHealth")
public class ApiHealth {

    private static final InstantSource CLOCK = InstantSource.system();

    private final ZohoCircuits circuits;
    private final OrganisationTimers timers;
    private final WaitingCalls waiting;
    private final TimerAgreement agreement;
    private final PublicUrl publicUrl;
    private final WebhookSecrets secrets;
    private final Caller caller;
    private final int reservePercent;
    private final ObjectMapper json = new ObjectMapper();

    ApiHealth(ZohoCircuits circuits, OrganisationTimers timers, WaitingCalls waiting, TimerAgreement agreement, PublicUrl publicUrl, WebhookSecrets secrets,
            Caller caller, @Value("${zoho.day-reserve-percent}") int reservePercent) {
        this.circuits = circuits;
        this.timers = timers;
        this.waiting = waiting;
        this.agreement = agreement;
        this.publicUrl = publicUrl;
        this.secrets = secrets;
        this.caller = caller;
        this.reservePercent = reservePercent;
    }

    /**
     * @param organisations JSON array of the database's part; null when the database does not answer
     * @param request of a caller who sees more than the status only if somebody is logged in
     */
    public String of(@Body String organisations, @Header("CamelHttpServletRequest") HttpServletRequest request, Exchange exchange) throws JsonProcessingException {
        ObjectNode health = organisations == null
                ? withoutDatabase(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class)) : withDatabase(json.readTree(organisations), exchange);
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, health.get("status").asText().equals("DOWN") ? 503 : 200);
        if (publicUrl.hint() != null) {
            health.put("publicUrl", publicUrl.hint());
        }
        health.put("problemCount", health.get("problems").size());
        return caller.isKnown(request) ? health.toString() : health.retain("status", "problemCount").toString();
    }

    private ObjectNode withDatabase(JsonNode all, Exchange exchange) throws JsonProcessingException {
        ArrayNode problems = json.createArrayNode();
        String lock = exchange.getVariable("lock", String.class);
        if (lock != null) {
            problems.add(HealthProblems.lock(json.readTree(lock)));
        }
        String copy = exchange.getVariable("copy", String.class);
        if (copy != null) {
            problems.add(copy);
        }
        agreement.problems().forEach(problems::add);
        int wanted = 0;
        int stopped = 0;
        for (JsonNode one : all) {
            ObjectNode organisation = (ObjectNode) one;
            String org = organisation.get("org").asText();
            boolean first = organisation.remove("default").asBoolean();
            organisation.put("webhookSecret", secrets.missing(org, first, organisation.remove("webhookSecretStored").asBoolean()));
            organisation.put("circuit", circuits.state(org));
            waiting.oldest(org).ifPresent(call -> ((ObjectNode) organisation.get("waiting")).putObject("call").put("purpose", call.purpose())
                    .put("since", call.since().toString()).put("for", call.waitingFor()));
            ZoneId zone = ZoneId.of(organisation.remove("timezone").asText());
            ((ObjectNode) organisation.get("quota")).set("forecast",
                    new DayForecast(organisation.get("quota"), zone, CLOCK.instant()).json());
            if (!organisation.get("state").asText().equals("off")) { // removed by a person
                List<String> found = new HealthProblems(organisation, reservePercent, CLOCK.instant()).sentences();
                found.forEach(problems::add);
                timers.refused(org).forEach(problems::add);
                wanted++;
                stopped += organisation.get("token").get("toDo").isNull() ? 0 : 1;
            }
            organisation.remove(List.of("state", "troubles")); // only to derive the status
        }
        if (publicUrl.hint() != null && publicUrl.isListeningBeyondThisMachine()) {
            problems.add(publicUrl.hint());
        }
        if (wanted == 0) {
            problems.add("No organisation is connected to Zoho. Open /oauth/connect in a browser");
        }
        ObjectNode health = json.createObjectNode()
                .put("status", wanted == stopped ? "DOWN" : problems.isEmpty() ? "UP" : "DEGRADED").put("database", "UP");
        health.set("problems", problems);
        health.set("organisations", all);
        return health;
    }

    private ObjectNode withoutDatabase(Throwable failure) {
        ObjectNode health = json.createObjectNode().put("status", "DOWN").put("database", "DOWN");
        health.putArray("problems").add((ReadOnlyEviction.isTold(failure)
                ? "The database answers and takes no writes: it is a standby, or default_transaction_read_only is on. Point DATABASE_URL"
                    + " to the primary, or turn that setting off"
                : "The database does not answer. Check that PostgreSQL runs and that DATABASE_URL still points to it")
                + ". Committed data is safe, and work resumes automatically when the database is back");
        return health;
    }
}
