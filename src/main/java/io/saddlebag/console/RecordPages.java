package io.saddlebag.console;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** The search for records, and one record. */
@Page
class RecordPages {

    private final ApiCalls api;

    RecordPages(ApiCalls api) {
        this.api = api;
    }

    @GetMapping("/records")
    String records(HttpServletRequest request, Model model) {
        String asked = request.getParameter("q");
        ApiAnswer found = asked == null || asked.isBlank() ? null : api.get(request, "/api/records" + Addresses.query(request, "org", "q", "after"));
        model.addAttribute("answer", found);
        model.addAttribute("found", found == null ? null : found.body());
        return "records";
    }

    @GetMapping("/records/{entity}/{zohoId}")
    String record(@PathVariable String entity, @PathVariable String zohoId, HttpServletRequest request, Model model) {
        String address = "/" + Addresses.segment(entity) + "/" + Addresses.segment(zohoId);
        ApiAnswer record = api.show(request, "/api/records" + address + Addresses.org(request), model, "record");
        model.addAttribute("address", address);
        model.addAttribute("entity", entity);
        model.addAttribute("zohoId", zohoId);
        model.addAttribute("label", label(record));
        return "record";
    }

    @GetMapping("/records/{entity}/{zohoId}/changes")
    String changes(@PathVariable String entity, @PathVariable String zohoId, HttpServletRequest request, Model model) {
        String address = "/api/records/" + Addresses.segment(entity) + "/" + Addresses.segment(zohoId) + "/changes";
        api.show(request, address + Addresses.query(request, "org", "before"), model, "changes");
        model.addAttribute("entity", entity);
        model.addAttribute("zohoId", zohoId);
        return "record-changes";
    }

    /** @return the name of the record; null if it has none, or if the reader is not shown it */
    private static Object label(ApiAnswer record) {
        Object name = record.body().get("columns") instanceof JsonObject columns ? columns.get("name") : null;
        return name == null || name.toString().isBlank() || new Show().masked(name) ? null : name;
    }
}
