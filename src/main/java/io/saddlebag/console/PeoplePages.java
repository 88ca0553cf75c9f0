package io.saddlebag.console;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** The pages of alerts, of staff, and of the user's own password. */
@Page
class PeoplePages {

    private final ApiCalls api;

    PeoplePages(ApiCalls api) {
        this.api = api;
    }

    @GetMapping("/alerts")
    String alerts(HttpServletRequest request, Model model) {
        api.show(request, "/api/alerts" + Addresses.query(request, "org", "state", "after"), model, "alerts");
        model.addAttribute("channels", api.get(request, "/api/alerts/channels"));
        return "alerts";
    }

    /** Every user may change the password of that user. */
    @GetMapping("/password")
    String password(@Value("${saddlebag.oidc.name}") String oidc, Model model) {
        model.addAttribute("oidc", oidc);
        return "password";
    }

    @GetMapping("/staff")
    String staff(HttpServletRequest request, Model model) {
        api.show(request, "/api/staff", model, "staff");
        return "staff";
    }
}
