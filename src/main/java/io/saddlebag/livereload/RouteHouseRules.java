package io.saddlebag.livereload;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What holds between the route files of one folder: names are unique, and what is called is there. */
class RouteHouseRules {

    /** The {@code group} of a route that is one kind of record and answers to its entity's name. */
    private static final String KIND = "kind";

    /** @param house all route files that would run together; whether the checked one is among them makes no difference */
    List<Finding> check(RouteFile file, Collection<RouteFile> house) {
        List<RouteFile> others = house.stream().filter(other -> !other.path().equals(file.path())).toList();
        List<Finding> findings = new ArrayList<>();
        for (RouteFile other : others) {
            ids(other).stream().filter(id -> ids(file).stream().anyMatch(mine -> mine.value().equals(id.value()))).findFirst()
                .ifPresent(id -> findings.add(file.finding(ids(file).get(0),
                    "the id " + id.value() + " is also that of " + other.path())));
        }
        Set<String> called = others.stream().flatMap(other -> EndpointUse.of(other).stream())
            .filter(RouteHouseRules::isDirectFrom).map(EndpointUse::name).collect(Collectors.toSet());
        for (EndpointUse use : EndpointUse.of(file)) {
            if (isDirectFrom(use)) {
                checkName(file, use, called).ifPresent(findings::add);
            } else if (use.isOf("direct") && use.isConstant() && !called.contains(use.name()) && !isOwn(file, use)) {
                findings.add(file.finding(use.at(), "no route is called direct:" + use.name()));
            }
        }
        return findings;
    }

    private Optional<Finding> checkName(RouteFile file, EndpointUse from, Set<String> others) {
        if (others.contains(from.name())) {
            return Optional.of(file.finding(from.at(), "another route is also called direct:" + from.name()));
        }
        boolean kind = file.entries().stream().anyMatch(entry -> entry.path().size() == 3
            && entry.path().get(1).equals("route") && entry.key().equals("group") && KIND.equals(entry.value()));
        return kind || from.name().equals(file.expectedId()) ? Optional.empty() : Optional.of(file.finding(from.at(),
            "direct:" + from.name() + " is not the route's id, " + file.expectedId()));
    }

    private static boolean isOwn(RouteFile file, EndpointUse use) {
        return EndpointUse.of(file).stream().anyMatch(from -> isDirectFrom(from) && from.name().equals(use.name()));
    }

    private static boolean isDirectFrom(EndpointUse use) {
        return use.isFrom() && use.isOf("direct");
    }

    private static List<YamlEntry> ids(RouteFile file) {
        return file.entries().stream().filter(entry -> entry.path().size() == 3 && entry.value() != null
            && entry.path().get(1).equals("route") && entry.key().equals("id")).toList();
    }
}
