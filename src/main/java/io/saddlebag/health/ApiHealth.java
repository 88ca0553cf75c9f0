package io.saddlebag.health;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.connect.PublicUrl;
import io.saddlebag.database.ReadOnlyEviction;
import io.saddlebag.pull.OrganisationTimers;
import io.saddlebag.pull.TimerAgreement;
import io.saddlebag.security.Caller;
import io.saddlebag.security.OidcLogin;
import io.saddlebag.webhook.WebhookSecrets;
import io.saddlebag.zoho.WaitingCalls;
import io.saddlebag.zoho.ZohoCircuits;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.springframework.beans.factory.ObjectProvider;
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
    private final Scheduler scheduler;
    private final OrganisationTimers timers;
    private final WaitingCalls waiting;
    private final TimerAgreement agreement;
    private final PublicUrl publicUrl;
    private final WebhookSecrets secrets;
    private final Caller caller;
    private final ObjectProvider<OidcLogin> oidc;
    private final int reservePercent;
    private final ObjectMapper json = new ObjectMapper();

    ApiHealth(ZohoCircuits circuits, Scheduler scheduler, OrganisationTimers timers, WaitingCalls waiting, TimerAgreement agreement, PublicUrl publicUrl, WebhookSecrets secrets,
            Caller caller, ObjectProvider<OidcLogin> oidc, @Value("${zoho.day-reserve-percent}") int reservePercent) {
        this.circuits = circuits;
        this.scheduler = scheduler;
        this.timers = timers;
        this.waiting = waiting;
        this.agreement = agreement;
        this.publicUrl = publicUrl;
        this.secrets = secrets;
        this.caller = caller;
        this.oidc = oidc;
        this.reservePercent = reservePercent;
    }

    /** @return the name of this process among the replicas */
    public String process() throws SchedulerException {
        return scheduler.getSchedulerInstanceId();
    }

    /**
     * @param organisations JSON array of the database's part; null when the database does not answer
     * @return all that staff may see
     */
    public ObjectNode of(@Body String organisations, Exchange exchange) throws JsonProcessingException, SchedulerException {
        ObjectNode health = organisations == null
                ? withoutDatabase(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class)) : withDatabase(json.readTree(organisations), exchange);
        if (publicUrl.hint() != null) {
            health.put("publicUrl", publicUrl.hint());
        }
        health.put("problemCount", health.get("problems").size());
        return health;
    }

    /** @param request of a caller who sees more than the status only if somebody is logged in */
    public String answer(@Body ObjectNode health, @Header("CamelHttpServletRequest") HttpServletRequest request, Exchange exchange) {
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, health.get("status").asText().equals("DOWN") ? 503 : 200);
        return caller.isKnown(request) ? health.toString() : health.retain("status", "problemCount").toString();
    }

    private ObjectNode withDatabase(JsonNode all, Exchange exchange) throws JsonProcessingException, SchedulerException {
        String lock = exchange.getVariable("lock", String.class);
        JsonNode alerts = json.readTree(exchange.getVariable("alerts", String.class));
        Findings findings = new Findings();
        new InstallationProblems(lock == null ? null : json.readTree(lock), exchange.getVariable("copy", String.class), alerts,
            oidc.stream().flatMap(login -> login.trouble().stream()).findFirst().orElse(exchange.getVariable("loginTrouble", String.class)), agreement.problems(),
            publicUrl.isListeningBeyondThisMachine() ? publicUrl.hint() : null).findings().forEach(findings::add);
        int wanted = 0;
        int stopped = 0;
        for (JsonNode one : all) {
            ObjectNode organisation = (ObjectNode) one;
            String org = organisation.get("org").asText();
            boolean first = organisation.remove("default").asBoolean();
            organisation.put("webhookSecret", secrets.missing(org, first, organisation.remove("webhookSecretStored").asBoolean()));
            organisation.put("circuit", circuits.state(org));
            if (circuits.state(org).equals("OPEN")) {
                organisation.withArray("circuitOpenIn").insert(0, process());
            }
            if (circuits.isOpenForMeta(org)) {
                organisation.withArray("metaCircuitOpenIn").insert(0, process());
            }
            if (organisation.at("/waiting/call").isNull()) {
                ((ObjectNode) organisation.get("waiting")).remove("call");
            }
            waiting.oldest(org).filter(call -> !isBefore(organisation.at("/waiting/call/since"), call.since())).ifPresent(call -> ((ObjectNode) organisation.get("waiting")).putObject("call").put("purpose", call.purpose())
                    .put("since", call.since().toString()).put("for", call.waitingFor()));
            ((ObjectNode) organisation.get("quota")).set("forecast", new DayForecast(organisation.get("quota"), CLOCK.instant()).json());
            if (!organisation.get("state").asText().equals("off")) { // removed by a person
                new HealthProblems(organisation, reservePercent, CLOCK.instant()).findings().forEach(findings::add);
                timers.refused(org).forEach(text -> findings.add(ofTimer(org, text)));
                wanted++;
                stopped += organisation.get("token").get("toDo").isNull() ? 0 : 1;
            }
            organisation.remove(List.of("state", "troubles")); // only to derive the status
        }
        if (wanted == 0) {
            findings.add(InstallationProblems.noOrganisation());
        }
        ObjectNode health = json.createObjectNode()
                .put("status", wanted == stopped ? "DOWN" : findings.isEmpty() ? "UP" : "DEGRADED").put("database", "UP");
        findings.addTo(health);
        health.set("alerts", alerts);
        health.set("organisations", all);
        return health;
    }

    /** @return whether a call of another process has waited longer */
    private static boolean isBefore(JsonNode since, Instant own) {
        return since.isTextual() && Instant.parse(since.textValue()).isBefore(own);
    }

    static Finding ofTimer(String org, String text) {
        return new Finding(org + ".timers", org, text, null, Finding.Mend.page("Edit the organisation", "/connections/" + org));
    }

    private ObjectNode withoutDatabase(Throwable failure) {
        ObjectNode health = json.createObjectNode().put("status", "DOWN").put("database", "DOWN");
        Findings findings = new Findings();
        findings.add(InstallationProblems.noDatabase(ReadOnlyEviction.isTold(failure)));
        findings.addTo(health);
        return health;
    }
}
