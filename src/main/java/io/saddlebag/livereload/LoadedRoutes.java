package io.saddlebag.livereload;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The active route files, and the checks that changed files must pass before their routes run beside the others. */
class LoadedRoutes {

    private static final String CONFIGURATION = "routeConfiguration";

    private final Map<Path, RouteFile> running = new TreeMap<>();
    private final RouteRules rules = new RouteRules();
    private final TrialLoad trial;
    private final SqlFileCheck sql;

    LoadedRoutes(TrialLoad trial, SqlFileCheck sql) {
        this.trial = trial;
        this.sql = sql;
    }

    /** @return null if this file is not active */
    RouteFile get(Path path) {
        return running.get(path);
    }

    /** A deleted file is removed from the active files. */
    void put(RouteFile file) {
        if (file.isGone()) {
            running.remove(file.path());
        } else {
            running.put(file.path(), file);
        }
    }

    Collection<RouteFile> files() {
        return List.copyOf(running.values());
    }

    List<RouteFile> configurations() {
        return running.values().stream().filter(RouteFile::holdsConfiguration).toList();
    }

    /** @return the active file that holds the route with this id */
    Optional<RouteFile> fileOf(String id) {
        return running.values().stream().filter(file -> file.ids().contains(id)).findFirst();
    }

    /** @return the ids of the routes that use a changed statement */
    List<String> usersOf(Path sqlFile) {
        return running.values().stream().flatMap(file -> EndpointUse.of(file).stream().filter(use -> use.mayRead(sqlFile))
            .flatMap(use -> file.routeOf(use.at()).stream()).map(RouteItem::id)).distinct().toList();
    }

    /** @return the active files that the saved files would replace */
    List<RouteFile> before(Collection<RouteFile> saved) {
        return saved.stream().map(file -> running.get(file.path())).filter(file -> file != null).toList();
    }

    boolean changesConfigurations(Collection<RouteFile> saved) {
        return saved.stream().anyMatch(this::changesConfiguration);
    }

    private boolean changesConfiguration(RouteFile saved) {
        RouteFile last = running.get(saved.path());
        return !saved.items(CONFIGURATION).equals(last == null ? List.of() : last.items(CONFIGURATION));
    }

    /** @return the reasons why these files cannot be active together, by file; empty if they can */
    Map<Path, List<Finding>> check(Collection<RouteFile> saved) {
        Map<Path, RouteFile> routes = new TreeMap<>(running);
        for (RouteFile file : saved) {
            routes.remove(file.path());
            if (!file.isGone()) {
                routes.put(file.path(), file);
            }
        }
        Map<Path, List<Finding>> refused = new LinkedHashMap<>();
        for (RouteFile file : saved) {
            List<Finding> findings = new ArrayList<>();
            if (!file.isGone()) {
                findings.addAll(check(file, routes.values()));
            }
            findings.addAll(checkVanished(file, routes));
            if (!findings.isEmpty()) {
                refused.put(file.path(), findings);
            }
        }
        return refused;
    }

    private List<Finding> check(RouteFile file, Collection<RouteFile> routes) {
        List<Finding> findings = new ArrayList<>(rules.check(file, routes));
        if (findings.isEmpty()) {
            EndpointUse.of(file).forEach(use -> {
                use.sqlFile().flatMap(sql::check).ifPresent(findings::add);
                use.statement().flatMap(at -> sql.check(file.path(), at, use.query())).ifPresent(findings::add);
            });
        }
        if (findings.isEmpty()) {
            boolean all = changesConfiguration(file);
            List<RouteFile> together = routes.stream()
                .filter(other -> !other.path().equals(file.path()) && (all || other.holdsConfiguration())).toList();
            trial.load(file, together).ifPresent(findings::add);
        }
        return findings;
    }

    /** @return the calls in other files whose route is no longer in this file */
    private List<Finding> checkVanished(RouteFile saved, Map<Path, RouteFile> routes) {
        RouteFile last = running.get(saved.path());
        if (last == null) {
            return List.of();
        }
        Set<String> vanished = RouteReferenceRules.directNames(List.of(last));
        vanished.removeAll(RouteReferenceRules.directNames(routes.values()));
        return routes.values().stream().filter(other -> !other.path().equals(saved.path()))
            .flatMap(other -> RouteReferenceRules.callsTo(vanished, other).stream()).toList();
    }
}
