package io.saddlebag.console;

import jakarta.servlet.http.HttpServletRequest;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** The pages of calls to Zoho, data quality, the audit and the system. */
@Page
class WatchPages {

    private final ApiCalls api;

    WatchPages(ApiCalls api) {
        this.api = api;
    }

    @GetMapping("/calls")
    String calls(HttpServletRequest request, Model model) {
        api.show(request, "/api/calls" + Addresses.query(request, "org", "purpose", "only", "before", "id"), model, "calls");
        ApiAnswer summary = api.get(request, "/api/calls/summary" + Addresses.org(request));
        model.addAttribute("summaryAnswer", summary);
        model.addAttribute("summary", summary.body());
        return "calls";
    }

    @GetMapping("/quality")
    String quality(HttpServletRequest request, Model model) {
        ApiAnswer now = api.get(request, "/api/quality" + Addresses.org(request));
        Map<String, Object> histories = new LinkedHashMap<>();
        for (Object measure : (List<?>) now.body().getOrDefault("quality", List.of())) {
            String entity = ((JsonObject) measure).get("entity").toString();
            histories.computeIfAbsent(entity, kind ->
                api.get(request, "/api/quality/" + Addresses.segment(kind) + Addresses.org(request)));
        }
        model.addAttribute("answer", now);
        model.addAttribute("quality", now.body());
        model.addAttribute("histories", histories);
        return "quality";
    }

    @GetMapping("/quality/{entity}")
    String qualityHistory(@PathVariable String entity, HttpServletRequest request, Model model) {
        api.show(request, "/api/quality/" + Addresses.segment(entity) + Addresses.query(request, "org", "before"), model, "history");
        model.addAttribute("entity", entity);
        return "quality-history";
    }

    @GetMapping("/quality/{entity}/{measure}")
    String qualityRecords(@PathVariable String entity, @PathVariable String measure, HttpServletRequest request, Model model) {
        api.show(request, "/api/quality/" + Addresses.segment(entity) + "/" + Addresses.segment(measure) + Addresses.query(request, "org", "after"), model, "records");
        model.addAttribute("entity", entity);
        model.addAttribute("measure", measure.replace('_', ' '));
        return "quality-records";
    }

    @GetMapping("/system")
    String system(HttpServletRequest request, Model model) {
        api.show(request, "/api/system", model, "system");
        return "system";
    }

    @GetMapping("/audit")
    String audit(HttpServletRequest request, Model model) {
        String query = Addresses.query(request, "org", "who", "action", "object", "before", "limit");
        for (String limit : List.of("from", "to")) {
            String moment = moment(request.getParameter(limit), request.getParameter("zone"), limit.equals("to"));
            query = moment == null ? query : Addresses.with(query, limit + "=" + Addresses.value(moment));
        }
        api.show(request, "/api/audit" + query, model, "audit");
        return "audit";
    }

    /**
     * @param typed a moment as the list shows it, a day, or a moment with its zone; null or blank for none
     * @param zone  the zone in which the list is shown; null for UTC
     * @param end   whether a day means its end
     * @return the moment with its zone; a text that is none of these as it is, null for none
     */
    static String moment(String typed, String zone, boolean end) {
        if (typed == null || typed.isBlank()) {
            return null;
        }
        String text = typed.strip().replaceFirst(" UTC$", "");
        try {
            ZoneId place = zone == null || zone.isBlank() || typed.endsWith(" UTC") ? ZoneOffset.UTC : ZoneId.of(zone);
            LocalDateTime local = text.length() == "2026-01-31".length() ? LocalDate.parse(text).plusDays(end ? 1 : 0).atStartOfDay() : LocalDateTime.parse(text.replaceFirst(" ", "T"));
            return local.atZone(place).toInstant().toString();
        } catch (DateTimeException e) {
            return text;
        }
    }
}
