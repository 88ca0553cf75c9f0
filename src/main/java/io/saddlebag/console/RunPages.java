package io.saddlebag.console;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** The list of runs, and one run. */
@Page
class RunPages {

    private final ApiCalls api;

    RunPages(ApiCalls api) {
        this.api = api;
    }

    @GetMapping("/runs")
    String runs(HttpServletRequest request, Model model) {
        api.show(request, "/api/sync/runs" + Addresses.query(request, "org", "entity", "status", "before", "limit"), model, "runs");
        // without org, the runs of the default organisation are shown
        boolean isAnyMeant = !Addresses.org(request).isEmpty();
        model.addAttribute("mine", ConnectionPages.first(api.get(request, "/api/overview" + Addresses.org(request)),
            one -> isAnyMeant || Boolean.TRUE.equals(one.get("default"))));
        return "runs";
    }

    @GetMapping("/runs/{id}")
    String run(@PathVariable String id, HttpServletRequest request, Model model) {
        String address = "/api/sync/runs/" + Addresses.segment(id);
        ApiAnswer run = api.show(request, address, model, "run");
        if (run.isOk()) {
            ApiAnswer progress = api.get(request, address + "/progress");
            model.addAttribute("progressAnswer", progress);
            model.addAttribute("progress", progress.body());
            ApiAnswer report = api.get(request, address + "/report");
            model.addAttribute("reportAnswer", report);
            model.addAttribute("report", report.isOk() ? report.body() : null);
            boolean isPush = "push".equals(run.body().get("mode"));
            boolean isPlan = Boolean.TRUE.equals(run.body().get("dryRun"));
            String page = "/records" + Addresses.query(request, "after");
            model.addAttribute("again", isPush && isPlan && progress.isOk() ? parameters((JsonObject) progress.body().get("request")) : null);
            model.addAttribute("records", isPush && !isPlan ? api.get(request, "/api/push/runs/" + Addresses.segment(id) + page) : null);
            model.addAttribute("changed", !isPush && !isPlan ? api.get(request, address + page) : null);
        }
        return "run";
    }

    /**
     * @param request of a plan; null if it had no parameters
     * @return the parameters with which a form pushes what the plan shows; null if a form cannot send one of them, as ConsoleActions drops it or the spaces at its ends
     */
    static Map<String, String> parameters(JsonObject request) {
        Map<String, String> parameters = new TreeMap<>();
        if (request != null) {
            request.forEach((name, value) -> {
                if (value instanceof JsonObject columns) {
                    columns.forEach((column, wanted) -> parameters.put(column, wanted.toString()));
                } else {
                    parameters.put(name, value instanceof List<?> keys ? keys.stream().map(Object::toString).collect(Collectors.joining(",")) : value.toString());
                }
            });
        }
        boolean isSent = parameters.entrySet().stream().allMatch(one -> !one.getKey().startsWith("_") && !one.getValue().isEmpty() && one.getValue().equals(one.getValue().strip()));
        return isSent ? parameters : null;
    }
}
