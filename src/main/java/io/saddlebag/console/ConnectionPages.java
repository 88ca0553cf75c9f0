package io.saddlebag.console;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.springframework.core.env.Environment;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** Organisations and their connections to Zoho. */
@Page
class ConnectionPages {

    private final ApiCalls api;
    /** What holds for an organisation without a value of its own, by the names of its fields. */
    private final Map<String, String> defaults;

    ConnectionPages(ApiCalls api, Environment environment) {
        this.api = api;
        defaults = Map.of("callsPerMinute", environment.getRequiredProperty("zoho.calls-per-minute"), "callsInFlight", environment.getRequiredProperty("zoho.calls-in-flight"),
            "callsPerDay", orElse(environment.getProperty("zoho.calls-per-day", ""), "what Zoho reports"), "pullCron", environment.getRequiredProperty("saddlebag.pull.cron"),
            "fullCron", environment.getRequiredProperty("saddlebag.pull.full-cron"), "timezone", orElse(environment.getProperty("saddlebag.pull.timezone", ""), "the zone of the machine"));
    }

    @GetMapping("/connections")
    String connections(HttpServletRequest request, Model model) {
        String org = request.getParameter("org");
        ApiAnswer named = org == null || org.isBlank() ? null : api.get(request, "/api/organisations/" + Addresses.segment(org.strip()));
        model.addAttribute("answer", named == null || named.isOk() ? api.get(request, "/api/organisations") : named);
        model.addAttribute("health", api.get(request, "/api/zoho/health").body());
        model.addAttribute("defaults", defaults);
        if (request.getAttribute("told") instanceof JsonObject told && told.get("checks") != null) {
            model.addAttribute("check", api.get(request, lastCheck(told.get("org"))));
        }
        return "connections";
    }

    @GetMapping("/connections/{key}")
    String connection(@PathVariable String key, HttpServletRequest request, Model model) {
        ApiAnswer organisation = api.show(request, "/api/organisations/" + Addresses.segment(key), model, "one");
        model.addAttribute("key", key);
        model.addAttribute("defaults", defaults);
        Object id = Objects.requireNonNullElse(organisation.body().get("orgId"), key);
        model.addAttribute("id", id);
        model.addAttribute("address", "/api/organisations/" + Addresses.segment(id.toString()));
        model.addAttribute("state", first(api.get(request, "/api/zoho/health"), one -> id.equals(one.get("org"))));
        model.addAttribute("targets", api.get(request, "/api/push?org=" + Addresses.value(id.toString())).body().get("targets"));
        JsonObject overview = first(api.get(request, "/api/overview?org=" + Addresses.value(id.toString())), one -> true);
        model.addAttribute("check", api.get(request, lastCheck(id)));
        model.addAttribute("clocks", overview == null || ((List<?>) overview.get("kinds")).isEmpty() ? null : ((List<?>) overview.get("kinds")).get(0));
        return "connection";
    }

    private static String lastCheck(Object org) {
        return "/api/zoho/check?org=" + Addresses.value(org.toString());
    }

    private static String orElse(String setting, String other) {
        return setting.isEmpty() ? other : setting;
    }

    /** @return the first organisation in an answer for which the condition is true; null if there is none */
    static JsonObject first(ApiAnswer answer, Predicate<JsonObject> which) {
        return answer.body().get("organisations") instanceof List<?> all ? all.stream().map(JsonObject.class::cast).filter(which).findFirst().orElse(null) : null;
    }
}
