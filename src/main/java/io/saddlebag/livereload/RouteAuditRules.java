package io.saddlebag.livereload;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What people and schedulers do is in the audit: a route that serves anything but GET and HEAD names its action in its first step, so that a refusal
 * is noted under that name, and comes to {@code direct:audit}, itself or through a route that it calls. Webhooks come from Zoho, and requests to
 * the sandbox change nothing of the copy.
 */
class RouteAuditRules {

    private static final Pattern NO_ACTION = Pattern.compile("/?/?/(api/zoho/(webhooks/.*|sync-.*)|sandbox.*)");
    private static final Pattern RESTRICT = Pattern.compile("[?&]httpMethodRestrict=([^&]*)");
    private static final Pattern READS = Pattern.compile("(GET|HEAD|OPTIONS|,)+");
    private static final String AUDIT = "direct:audit";

    List<Finding> check(RouteFile file, Collection<RouteFile> routes) {
        List<Finding> findings = new ArrayList<>();
        for (EndpointUse use : EndpointUse.of(file)) {
            if (use.isFrom() && use.isOf("platform-http") && acts(use)) {
                check(file, use, routes).ifPresent(findings::add);
            }
        }
        return findings;
    }

    private static boolean acts(EndpointUse from) {
        String methods = from.parameter("httpMethodRestrict").map(YamlEntry::value)
            .orElseGet(() -> RESTRICT.matcher(from.uri()).results().map(option -> option.group(1)).findFirst().orElse(""));
        return !NO_ACTION.matcher(from.name()).matches() && !READS.matcher(methods).matches();
    }

    private static Optional<Finding> check(RouteFile file, EndpointUse from, Collection<RouteFile> routes) {
        RouteItem route = file.routeOf(from.at()).orElseThrow();
        List<String> first = new ArrayList<>(from.at().parent());
        first.addAll(List.of("steps", "0", "setVariable", "name"));
        if (file.entry(first).filter(name -> "audit".equals(name.value())).isEmpty()) {
            return Optional.of(file.finding(from.at(), "a request that acts is in the audit: name the action in the first step,"
                + " setVariable: {name: audit, constant: <what>.<does>}, and list it in docs/reference/audit.md"));
        }
        return reaches(file, route, routes) ? Optional.empty() : Optional.of(file.finding(from.at(), "a request that acts is in the audit: put to: direct:audit"
            + " behind what the route changes, in the same transaction (a route of its own that begins with transacted: {ref: ALL_OR_NOTHING})"));
    }

    private static boolean reaches(RouteFile file, RouteItem route, Collection<RouteFile> routes) {
        Deque<String> open = new ArrayDeque<>(calls(file, route));
        Set<String> seen = new HashSet<>(open);
        while (!open.isEmpty()) {
            String called = open.pop();
            if (called.equals(AUDIT)) {
                return true;
            }
            for (RouteFile other : routes) {
                EndpointUse.of(other).stream().filter(use -> use.isFrom() && use.uri().equals(called)).flatMap(use -> other.routeOf(use.at()).stream())
                    .flatMap(next -> calls(other, next).stream()).filter(seen::add).forEach(open::push);
            }
        }
        return false;
    }

    /** Not the error handler: it notes failures only. */
    private static List<String> calls(RouteFile file, RouteItem route) {
        return EndpointUse.of(file).stream().filter(use -> route.holds(use.at()) && use.isOf("direct") && !use.isFrom() && !use.step().equals("deadLetterUri"))
            .map(EndpointUse::uri).toList();
    }
}
