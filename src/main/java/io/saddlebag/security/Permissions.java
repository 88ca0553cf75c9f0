package io.saddlebag.security;

import java.util.List;
import org.springframework.http.server.PathContainer;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Component;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * The table of permissions: which role may call which method and address. The first rule that matches decides. Only admins may call an address without a rule, so a
 * new address is closed until a rule opens it.
 */
@Component
public class Permissions {

    private static final String SCHEDULER = "ROLE_SCHEDULER";
    /** The first parts of addresses of the console's buttons and files. The address of the API follows. */
    static final String BUTTONS = "/act/";
    private static final String FILES = "/export/";

    private static final List<Rule> RULES = List.of(
        // These addresses need no login. Webhooks are authenticated by their signatures.
        anyone("*", "/actuator/health/**"), anyone("*", "/api/zoho/health/**"), anyone("GET", "/login"), anyone("POST", "/login"), anyone("GET", "/login/oidc/**"),
        anyone("GET", "/assets/**"), anyone("GET", "/openapi.yaml"), anyone("GET", "/docs/**"), anyone("POST", "/api/zoho/webhooks/{entity}"), anyone("POST", "/api/zoho/sync-{name}"),

        // The sandbox may be called only from this machine, without a login.
        nobody("*", "/sandbox/**", "The sandbox may be called only from its own machine, as localhost"),
        // With GET, a link on a page of another site would be enough to control Jolokia.
        nobody("GET", "/actuator/jolokia/**", "Jolokia accepts POST only"),
        nobody("GET", "/actuator/hawtio/jolokia/**", "Jolokia accepts POST only"),
        admin("*", "/actuator/jolokia/**"), admin("*", "/actuator/hawtio/**"),

        // Connections, organisations, registrations, people.
        admin("GET", "/oauth/**"), admin("POST", "/oauth/**"),
        admin("POST", "/api/organisations"), admin("PATCH", "/api/organisations/{org}"), admin("DELETE", "/api/organisations/{org}"),
        admin("POST", "/api/webhooks/register"), admin("POST", "/api/push/confirm"),
        admin("GET", "/api/staff"), admin("POST", "/api/staff"), self("PATCH", "/api/staff/{name}"), admin("DELETE", "/api/staff/{name}"),

        // Work on the copy and with Zoho.
        operator("POST", "/api/sync/{entity}").orScheduler(), operator("POST", "/api/sync/{entity}/{zohoId}"),
        operator("POST", "/api/records/{entity}/{zohoId}/restore"), operator("POST", "/api/sync/{entity}/remap"), operator("POST", "/api/verify/{entity}"), operator("POST", "/api/sync/runs/{id}/cancel"),
        operator("POST", "/api/sync/runs/{id}/deletes/*"), operator("POST", "/api/zoho/check"),
        operator("POST", "/api/dead-letters/replay"), operator("POST", "/api/dead-letters/{id}/replay"), operator("DELETE", "/api/dead-letters/{id}"),
        operator("DELETE", "/api/dead-letters"), operator("POST", "/api/dead-letters/replays/{id}/cancel"),
        operator("POST", "/api/push/{target}").orScheduler(), operator("POST", "/api/push/{target}/{key}"),
        operator("POST", "/api/push/{target}/{key}/*"), operator("POST", "/api/push/runs/{id}/*"), operator("POST", "/api/alerts/**"),

        // What staff may read.
        viewer("GET", "/api/sync/runs/{id}").orScheduler(),
        viewer("GET", "/api/**"), viewer("GET", "/images/**"), viewer("GET", "/actuator"), viewer("GET", "/actuator/prometheus"),
        viewer("POST", "/logout"), viewer("*", "/error"),
        // The console's pages.
        admin("GET", "/staff"),
        viewer("GET", "/"), viewer("GET", "/runs/**"), viewer("GET", "/records/**"), viewer("GET", "/webhooks/**"), viewer("GET", "/dead-letters/**"),
        viewer("GET", "/deletes/**"), viewer("GET", "/calls/**"), viewer("GET", "/connections/**"), viewer("GET", "/push/**"), viewer("GET", "/quality/**"),
        viewer("GET", "/alerts/**"), viewer("GET", "/audit/**"), viewer("GET", "/system/**"), viewer("GET", "/password"), viewer("GET", "/events"));

    /** @return whether the caller may send this request; null stands for a caller without a login */
    public boolean may(Authentication caller, String method, String path) {
        if (path.startsWith(BUTTONS) || path.startsWith(FILES)) { // only for staff, even if the address behind is open
            return has(caller, Role.VIEWER.authority()) && may(caller, method, path.substring(path.indexOf('/', 1)));
        }
        Rule rule = rule(method, path);
        if (rule == null) {
            return has(caller, Role.ADMIN.authority());
        }
        return rule.open || rule.role != null && has(caller, rule.role.authority()) || rule.scheduler && has(caller, SCHEDULER)
            || rule.self && has(caller, Role.VIEWER.authority()) && caller.getName().equals(last(path));
    }

    /** @return the reason for a caller who may not send this request */
    String refusal(Authentication caller, String method, String path) {
        if (path.startsWith(BUTTONS) || path.startsWith(FILES)) {
            return refusal(caller, method, path.substring(path.indexOf('/', 1)));
        }
        Rule rule = rule(method, path);
        if (rule != null && rule.refusal != null) {
            return rule.refusal;
        }
        String role = role(rule).text();
        if (has(caller, SCHEDULER)) {
            return "CRON_SECRET may start runs (POST /api/sync/{entity}, POST /api/push/{target}), read a run, and read health. For this call log in as staff"
                + " with the role " + role;
        }
        return "This call needs the role " + role + ", and " + caller.getName() + " has the role "
            + Role.among(caller.getAuthorities()).map(Role::text).orElse("none") + ". An admin may change that: PATCH /api/staff/" + caller.getName();
    }

    /** @return the lowest role that may send this request. An open address behind a button is only for staff. */
    public String role(String method, String path) {
        return role(rule(method, path)).text();
    }

    private static Role role(Rule rule) {
        return rule == null ? Role.ADMIN : rule.open ? Role.VIEWER : rule.role;
    }

    /** @return whether a rule names this address */
    boolean knows(String method, String path) {
        return rule(method, path) != null;
    }

    private static Rule rule(String method, String path) {
        PathContainer parsed = PathContainer.parsePath(path);
        String read = "HEAD".equals(method) ? "GET" : method; // HEAD is GET without the body
        return RULES.stream().filter(rule -> (rule.method.equals("*") || rule.method.equals(read)) && rule.path.matches(parsed)).findFirst().orElse(null);
    }

    private static String last(String path) {
        List<PathContainer.Element> elements = PathContainer.parsePath(path).elements();
        return elements.get(elements.size() - 1) instanceof PathContainer.PathSegment segment ? segment.valueToMatch() : "";
    }

    private static boolean has(Authentication caller, String authority) {
        return caller != null && caller.getAuthorities().stream().anyMatch(one -> authority.equals(one.getAuthority()));
    }

    private static Rule anyone(String method, String path) {
        return new Rule(method, pattern(path), null, true, false, false, null);
    }

    private static Rule nobody(String method, String path, String refusal) {
        return new Rule(method, pattern(path), null, false, false, false, refusal);
    }

    private static Rule viewer(String method, String path) {
        return new Rule(method, pattern(path), Role.VIEWER, false, false, false, null);
    }

    private static Rule operator(String method, String path) {
        return new Rule(method, pattern(path), Role.OPERATOR, false, false, false, null);
    }

    private static Rule admin(String method, String path) {
        return new Rule(method, pattern(path), Role.ADMIN, false, false, false, null);
    }

    /** For admins, and for the user whose name is the last part of the path. */
    private static Rule self(String method, String path) {
        return new Rule(method, pattern(path), Role.ADMIN, false, false, true, null);
    }

    private static PathPattern pattern(String path) {
        return PathPatternParser.defaultInstance.parse(path);
    }

    /** @param role the role that is needed; null if no login is enough */
    private record Rule(String method, PathPattern path, Role role, boolean open, boolean scheduler, boolean self, String refusal) {

        Rule orScheduler() {
            return new Rule(method, path, role, open, true, self, refusal);
        }
    }
}
