package io.saddlebag.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** The first page: the problems, the age of the copy, and the latest changes. */
@Page
class OverviewPage {

    private final ApiCalls api;

    OverviewPage(ApiCalls api) {
        this.api = api;
    }

    @GetMapping("/")
    String overview(HttpServletRequest request, HttpServletResponse response, Model model) {
        String org = Addresses.org(request);
        model.addAttribute("health", api.get(request, "/api/zoho/health").body());
        ApiAnswer overview = api.show(request, "/api/overview" + org, model, "overview");
        if (!org.isEmpty() && overview.body().get("organisations") instanceof List<?> all && all.isEmpty()) {
            response.setStatus(HttpServletResponse.SC_NOT_FOUND); // the page says that there is no such organisation
        }
        ApiAnswer changes = api.get(request, "/api/changes" + Addresses.with(org, "hours=24"));
        model.addAttribute("changesAnswer", changes);
        model.addAttribute("changes", changes.body());
        return "overview";
    }
}
