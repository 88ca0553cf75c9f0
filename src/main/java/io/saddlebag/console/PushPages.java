package io.saddlebag.console;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

/** Push targets, and the records of one target. */
@Page
class PushPages {

    private final ApiCalls api;

    PushPages(ApiCalls api) {
        this.api = api;
    }

    @GetMapping("/push")
    String targets(HttpServletRequest request, Model model) {
        api.show(request, "/api/push" + Addresses.org(request), model, "targets");
        return "push";
    }

    /** Shows one target: its records by status, or with {@code key} one record with its attempts. */
    @GetMapping("/push/{target}")
    String target(@PathVariable String target, HttpServletRequest request, Model model) {
        String key = request.getParameter("key");
        String address = "/api/push/" + Addresses.segment(target);
        ApiAnswer rows = key == null || key.isBlank() ? api.get(request, address + Addresses.query(request, "org", "status", "next"))
            : api.get(request, address + "/-" + Addresses.with(Addresses.org(request), "keys=" + Addresses.value(key.strip())));
        model.addAttribute("answer", rows);
        model.addAttribute("rows", rows.body());
        model.addAttribute("key", key == null || key.isBlank() ? null : key.strip());
        model.addAttribute("target", target);
        model.addAttribute("targets", targets(api.get(request, "/api/push" + Addresses.org(request)), target));
        return key == null || key.isBlank() ? "push-target" : "push-record";
    }

    /** Shows all attempts of one record. */
    @GetMapping("/push/{target}/log")
    String log(@PathVariable String target, @RequestParam String keys, HttpServletRequest request, Model model) {
        api.show(request, "/api/push/" + Addresses.segment(target) + "/-/log" + Addresses.query(request, "org", "keys", "before"), model, "log");
        model.addAttribute("target", target);
        model.addAttribute("key", keys);
        return "push-log";
    }

    /** @return this target of each organisation */
    private static List<?> targets(ApiAnswer answer, String target) {
        return answer.body().get("targets") instanceof List<?> all ? all.stream().filter(one -> target.equals(((JsonObject) one).get("target"))).toList() : List.of();
    }
}
