package io.saddlebag.console;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** Records that runs did not find in Zoho: the list of runs, and the records of one run. */
@Page
class DeletePages {

    private final ApiCalls api;

    DeletePages(ApiCalls api) {
        this.api = api;
    }

    @GetMapping("/deletes")
    String runs(HttpServletRequest request, Model model) {
        api.show(request, "/api/deletes" + Addresses.query(request, "org", "entity", "before"), model, "runs");
        return "deletes";
    }

    @GetMapping("/deletes/{run}")
    String records(@PathVariable String run, HttpServletRequest request, Model model) {
        String query = Addresses.with(Addresses.query(request, "state", "after"), "limit=100");
        api.show(request, "/api/sync/runs/" + Addresses.segment(run) + "/deletes" + query, model, "records");
        model.addAttribute("run", run);
        return "deletes-run";
    }
}
