package io.saddlebag.console;

import io.saddlebag.security.Permissions;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.security.core.Authentication;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.servlet.HandlerMapping;

/** Adds to every page its reader, its organisation and its address. */
@ControllerAdvice(annotations = Page.class)
class CommonModel {

    private static final Set<String> NOT_KEPT = Set.of("org", "before", "after", "next", "key");

    private final ApiCalls api;
    private final Permissions permissions;

    CommonModel(ApiCalls api, Permissions permissions) {
        this.api = api;
        this.permissions = permissions;
    }

    @ModelAttribute
    void common(HttpServletRequest request, Authentication login, Model model) {
        String query = request.getQueryString();
        String org = request.getParameter("org");
        Map<?, ?> names = (Map<?, ?>) request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
        boolean list = names.isEmpty() || names.containsKey("target"); // every organisation has the target
        model.addAttribute("now", System.currentTimeMillis()); // the time before the page reads data
        model.addAttribute("path", request.getRequestURI());
        String here = request.getRequestURI() + (query == null ? "" : "?" + query);
        model.addAttribute("here", here);
        model.addAttribute("pages", new ListLinks(here));
        model.addAttribute("org", org == null || org.isBlank() ? null : org.strip());
        model.addAttribute("listPage", list ? request.getRequestURI() : request.getRequestURI().replaceFirst("^(/webhooks/events|/[^/]+)/.*", "$1"));
        model.addAttribute("listFilters", list ? filters(request) : Map.of());
        model.addAttribute("organisations", api.get(request, "/api/organisations").body().get("organisations"));
        model.addAttribute("may", new May(login, permissions));
        model.addAttribute("show", new Show());
    }

    /** @return the parameters of a list that are valid for another organisation too, so without org and without a place in the list */
    private static Map<String, String> filters(HttpServletRequest request) {
        Map<String, String> filters = new TreeMap<>();
        request.getParameterMap().forEach((name, values) -> {
            if (!NOT_KEPT.contains(name)) {
                filters.put(name, values[0]);
            }
        });
        return filters;
    }
}
