package io.saddlebag.console;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** Webhooks: the numbers of received webhooks and missed changes, the inbox, one event, and the registrations in Zoho. */
@Page
class WebhookPages {

    private final ApiCalls api;

    WebhookPages(ApiCalls api) {
        this.api = api;
    }

    @GetMapping("/webhooks")
    String webhooks(HttpServletRequest request, Model model) {
        String query = Addresses.query(request, "org", "hours");
        api.show(request, "/api/webhooks/statistics" + query, model, "statistics");
        ApiAnswer missed = api.get(request, "/api/webhooks/missed" + query);
        model.addAttribute("missedAnswer", missed);
        model.addAttribute("missed", missed.body());
        model.addAttribute("seen", api.get(request, "/api/webhooks/seen" + Addresses.org(request)));
        return "webhooks";
    }

    @GetMapping("/webhooks/events")
    String events(HttpServletRequest request, Model model) {
        api.show(request, "/api/webhooks/events" + Addresses.query(request, "org", "status", "entity", "zohoId", "before"), model, "events");
        return "webhook-events";
    }

    @GetMapping("/webhooks/events/{id}")
    String event(@PathVariable String id, HttpServletRequest request, Model model) {
        api.show(request, "/api/webhooks/events/" + Addresses.segment(id), model, "event");
        return "webhook-event";
    }

    @GetMapping("/webhooks/register")
    String register(HttpServletRequest request, Model model) {
        api.show(request, "/api/webhooks/registrations" + Addresses.org(request), model, "registered");
        model.addAttribute("seen", api.get(request, "/api/webhooks/seen" + Addresses.org(request)));
        return "webhook-register";
    }
}
