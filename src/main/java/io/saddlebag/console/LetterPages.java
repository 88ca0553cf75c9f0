package io.saddlebag.console;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** Dead letters: the reasons, the letters, one letter, the replays, and the progress of one replay. */
@Page
class LetterPages {

    private final ApiCalls api;

    LetterPages(ApiCalls api) {
        this.api = api;
    }

    @GetMapping("/dead-letters")
    String groups(HttpServletRequest request, Model model) {
        ApiAnswer replays = api.get(request, "/api/dead-letters/replays" + Addresses.org(request));
        model.addAttribute("replaysAnswer", replays);
        model.addAttribute("replays", replays.body());
        api.show(request, "/api/dead-letters/groups" + Addresses.query(request, "org", "source", "entity", "after"), model, "groups");
        return "dead-letters";
    }

    @GetMapping("/dead-letters/all")
    String letters(HttpServletRequest request, Model model) {
        String query = Addresses.query(request, "org", "source", "entity", "run", "before");
        api.show(request, "/api/dead-letters" + Addresses.with(query, "payloads=false"), model, "letters");
        return "dead-letter-list";
    }

    @GetMapping("/dead-letters/replays")
    String replays(HttpServletRequest request, Model model) {
        api.show(request, "/api/dead-letters/replays" + Addresses.query(request, "org", "before"), model, "replays");
        return "letter-replays";
    }

    @GetMapping(path = "/dead-letters", params = "reason")
    String group(HttpServletRequest request, Model model) {
        String query = Addresses.query(request, "org", "source", "entity", "reason", "before");
        api.show(request, "/api/dead-letters" + Addresses.with(query, "payloads=false"), model, "letters");
        return "dead-letter-group";
    }

    @GetMapping("/dead-letters/{id}")
    String letter(@PathVariable String id, HttpServletRequest request, Model model) {
        api.show(request, "/api/dead-letters/" + Addresses.segment(id), model, "letter");
        return "dead-letter";
    }

    @GetMapping("/dead-letters/replays/{id}")
    String replay(@PathVariable String id, HttpServletRequest request, Model model) {
        ApiAnswer replay = api.get(request, "/api/dead-letters/replays/" + Addresses.segment(id) + Addresses.query(request, "after"));
        model.addAttribute("answer", replay);
        model.addAttribute("replay", replay.body().get("replay"));
        model.addAttribute("forget", replay.body().get("replay") instanceof JsonObject one && "forget".equals(one.get("action")));
        model.addAttribute("failed", replay.body().get("failed"));
        return "letter-replay";
    }
}
