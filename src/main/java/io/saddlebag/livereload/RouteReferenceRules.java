package io.saddlebag.livereload;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What holds between all routes of one folder: names are unique, and what is called is there. */
class RouteReferenceRules {

    /** @param routes all route files that would run together; whether the checked one is among them makes no difference */
    List<Finding> check(RouteFile file, Collection<RouteFile> routes) {
        List<RouteFile> others = routes.stream().filter(other -> !other.path().equals(file.path())).toList();
        List<Finding> findings = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (RouteItem route : file.routes()) {
            checkId(file, route, others, ids).ifPresent(findings::add);
        }
        Set<String> called = directNames(others);
        for (EndpointUse use : EndpointUse.of(file)) {
            if (isDirectFrom(use)) {
                checkName(file, use, called).ifPresent(findings::add);
                called.add(use.name());
            }
        }
        Set<String> missing = EndpointUse.of(file).stream().map(EndpointUse::name).filter(name -> !called.contains(name))
            .collect(Collectors.toSet());
        findings.addAll(callsTo(missing, file));
        for (YamlEntry named : file.entries()) {
            if (named.key().equals("routeConfigurationId") && routes.stream().noneMatch(other -> isConfigurationOf(other, named.value()))) {
                findings.add(file.finding(named, "no routeConfiguration has the id " + named.value()));
            }
        }
        for (YamlEntry configuration : file.topLevel("routeConfiguration")) {
            others.stream().filter(RouteFile::holdsConfiguration).findFirst().ifPresent(other -> findings.add(file.finding(configuration,
                "a routeConfiguration holds for every route: all stand in one file, which is " + other.path())));
        }
        return findings;
    }

    /** The names by which these files' routes are called: {@code name} of {@code direct:name}. */
    static Set<String> directNames(Collection<RouteFile> files) {
        return files.stream().flatMap(file -> EndpointUse.of(file).stream()).filter(RouteReferenceRules::isDirectFrom)
            .map(EndpointUse::name).collect(Collectors.toCollection(TreeSet::new));
    }

    /** @param missing names by which no route is called */
    static List<Finding> callsTo(Set<String> missing, RouteFile file) {
        return EndpointUse.of(file).stream()
            .filter(use -> use.isOf("direct") && !use.isFrom() && use.isConstant() && missing.contains(use.name()))
            .map(use -> file.finding(use.at(), "no route is called direct:" + use.name())).toList();
    }

    private static boolean isConfigurationOf(RouteFile file, String id) {
        return file.topLevel("routeConfiguration").stream().anyMatch(item -> file.entries().stream().anyMatch(entry ->
            entry.parent().equals(item.path()) && entry.key().equals("id") && entry.value() != null && entry.value().equals(id)));
    }

    private static Optional<Finding> checkId(RouteFile file, RouteItem route, List<RouteFile> others, Set<String> ids) {
        if (route.id() == null) {
            return Optional.empty();
        }
        YamlEntry at = file.entry(route, "id").orElse(route.at());
        if (!ids.add(route.id())) {
            return Optional.of(file.finding(at, "the id " + route.id() + " is also that of another route of this file"));
        }
        return others.stream().filter(other -> other.ids().contains(route.id())).findFirst()
            .map(other -> file.finding(at, "the id " + route.id() + " is also that of a route of " + other.path()));
    }

    private static Optional<Finding> checkName(RouteFile file, EndpointUse from, Set<String> others) {
        if (others.contains(from.name())) {
            return Optional.of(file.finding(from.at(), "another route is also called direct:" + from.name()));
        }
        String id = file.routeOf(from.at()).map(RouteItem::id).orElse(null);
        return id == null || id.equals(from.name()) ? Optional.empty()
            : Optional.of(file.finding(from.at(), "direct:" + from.name() + " is not the route's id, " + id));
    }

    private static boolean isDirectFrom(EndpointUse use) {
        return use.isFrom() && use.isOf("direct");
    }
}
