package io.saddlebag.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.livereload.LiveEditingReport;
import io.saddlebag.security.OidcLogin;
import io.saddlebag.zoho.WaitingCalls;
import io.saddlebag.zoho.ZohoCircuits;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Adds the state of this process to the database's part of the answer of GET /api/system. */
@Component("apiSystem")
public class ApiSystem {

    private final CamelContext camel;
    private final ObjectProvider<Scheduler> scheduler;
    private final ObjectProvider<LiveEditingReport> editing;
    private final ZohoCircuits circuits;
    private final ObjectProvider<OidcLogin> oidc;
    private final WaitingCalls waiting;
    private final Environment settings;
    private final ObjectMapper json = new ObjectMapper();

    ApiSystem(CamelContext camel, ObjectProvider<Scheduler> scheduler, ObjectProvider<LiveEditingReport> editing, ZohoCircuits circuits,
            ObjectProvider<OidcLogin> oidc, WaitingCalls waiting, Environment settings) {
        this.camel = camel;
        this.scheduler = scheduler;
        this.editing = editing;
        this.circuits = circuits;
        this.oidc = oidc;
        this.waiting = waiting;
        this.settings = settings;
    }

    /** @return the name of this process among the replicas */
    public String process() throws SchedulerException {
        return scheduler.getObject().getSchedulerInstanceId();
    }

    /** @return what this process says of itself to the others, as JSON: its name, version, stopped routes, refused edits, open circuits, trouble at logins and calls that wait */
    public String replica() throws SchedulerException {
        ObjectNode replica = json.createObjectNode().put("instance", process()).put("version", version());
        ArrayNode stopped = replica.putArray("stopped");
        camel.getRoutes().stream().filter(route -> route.isAutoStartup() && !camel.getRouteController().getRouteStatus(route.getId()).isStarted())
            .map(Route::getId).sorted().forEach(stopped::add);
        LiveEditingReport report = editing.getIfAvailable();
        replica.set("refused", report == null ? json.createArrayNode() : json.valueToTree(report.getRefused()));
        replica.set("open_circuits", json.valueToTree(circuits.open()));
        replica.put("login_trouble", oidc.stream().flatMap(login -> login.trouble().stream()).findFirst().orElse(null));
        replica.set("waiting_calls", waiting.waitingLong());
        return replica.toString();
    }

    /** @param database the tables and replicas, the answer of api-system.sql */
    public String of(@Body String database) throws JsonProcessingException {
        ObjectNode system = json.createObjectNode();
        system.put("version", version());
        system.put("java", Runtime.version().toString());
        system.put("camel", camel.getVersion());
        system.put("startedAt", Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime()).toString());
        system.put("uptimeSeconds", ManagementFactory.getRuntimeMXBean().getUptime() / 1000);
        system.setAll((ObjectNode) json.readTree(database));
        system.get("tables").forEach(table -> ((ObjectNode) table).put("days", days(table.get("setting"))));
        system.set("routes", routes());
        system.set("liveEditing", liveEditing());
        return system.toString();
    }

    private static String version() {
        return Objects.requireNonNullElse(ApiSystem.class.getPackage().getImplementationVersion(), "development");
    }

    private Integer days(JsonNode setting) {
        return setting.isNull() ? null : settings.getRequiredProperty(setting.textValue(), Integer.class);
    }

    private ArrayNode routes() {
        ArrayNode routes = json.createArrayNode();
        camel.getRoutes().stream().sorted(Comparator.comparing(Route::getId)).forEach(route -> routes.addObject().put("id", route.getId())
            .put("state", camel.getRouteController().getRouteStatus(route.getId()).name()).put("description", route.getDescription()));
        return routes;
    }

    /** @return null if SADDLEBAG_DEV is not true */
    private JsonNode liveEditing() {
        LiveEditingReport report = editing.getIfAvailable();
        return report == null ? json.nullNode() : json.createObjectNode().put("held", report.getHeld().isEmpty() ? null : report.getHeld())
            .<ObjectNode>set("refused", json.valueToTree(report.getRefused())).set("waiting", json.valueToTree(report.getWaiting()));
    }
}
