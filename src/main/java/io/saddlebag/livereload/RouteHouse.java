package io.saddlebag.livereload;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The route files as they run, and the examination that a changed one must pass before it runs in their midst. */
class RouteHouse {

    private final Map<Path, RouteFile> running = new TreeMap<>();
    private final RouteRules rules = new RouteRules();
    private final RouteRehearsal rehearsal;
    private final SqlFileCheck sql;

    RouteHouse(RouteRehearsal rehearsal, SqlFileCheck sql) {
        this.rehearsal = rehearsal;
        this.sql = sql;
    }

    /** @return null when no route of this file runs */
    RouteFile get(Path path) {
        return running.get(path);
    }

    void put(RouteFile file) {
        running.put(file.path(), file);
    }

    void remove(Path path) {
        running.remove(path);
    }

    /** A file in another folder is the same route: what runs is known by its new place. */
    void move(RouteFile file, Path to) {
        running.remove(file.path());
        running.put(to, new RouteFile(to, file.text(), file.tree(), file.entries()));
    }

    Collection<RouteFile> files() {
        return List.copyOf(running.values());
    }

    List<RouteFile> routes() {
        return running.values().stream().filter(file -> !file.holdsConfiguration()).toList();
    }

    List<RouteFile> configurations() {
        return running.values().stream().filter(RouteFile::holdsConfiguration).toList();
    }

    /** The routes that a changed statement concerns. */
    List<RouteFile> usersOf(Path sqlFile) {
        return routes().stream()
            .filter(file -> EndpointUse.of(file).stream().anyMatch(use -> use.mayRead(sqlFile))).toList();
    }

    /** @return why {@code file} may not run in this house, empty when it may */
    List<Finding> check(RouteFile file) {
        List<Finding> findings = new ArrayList<>(rules.check(file, running.values()));
        if (findings.isEmpty()) {
            EndpointUse.of(file).forEach(use -> use.sqlFile().flatMap(sql::check).ifPresent(findings::add));
        }
        if (findings.isEmpty()) {
            List<RouteFile> together = file.holdsConfiguration() ? routes() : configurations();
            rehearsal.rehearse(file, together).ifPresent(findings::add);
        }
        return findings;
    }

    /** @return the calls that would lead nowhere without this file's route */
    List<Finding> checkWithout(Path path) {
        List<RouteFile> rest = running.values().stream().filter(file -> !file.path().equals(path)).toList();
        RouteHouseRules relations = new RouteHouseRules();
        return rest.stream().flatMap(file -> relations.check(file, rest).stream()).toList();
    }
}
