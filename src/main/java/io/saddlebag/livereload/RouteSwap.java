package io.saddlebag.livereload;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Activates saved route files, each only after it passed every check. A file that does not pass has no effect on running routes. Only the
 * changed routes of a file are swapped. Files between which a route moves are activated together or not at all.
 */
class RouteSwap {

    private final LoadedRoutes routes;
    private final RunningRoutes running;
    private final LiveEditingReport report;

    /** Texts that are not active yet: to be tried, or waiting for their routes to finish. */
    private final Map<Path, RouteFile> open = new TreeMap<>();
    /** Files that passed every check, but have a route with an exchange in flight. */
    private final Set<Path> waiting = new TreeSet<>();
    /** Ids of routes to load again although their text is the same. */
    private final Set<String> stale = new HashSet<>();

    RouteSwap(LoadedRoutes routes, RunningRoutes running, LiveEditingReport report) {
        this.routes = routes;
        this.running = running;
        this.report = report;
    }

    /** Has a text tried at the next {@link #tryAll}; a text of the same file that is pending already stays. */
    void open(RouteFile file) {
        open.putIfAbsent(file.path(), file);
    }

    /** Has routes loaded again although their text is the same: a statement or the global error handling changed. */
    void reload(Collection<String> ids) {
        stale.addAll(ids);
        ids.forEach(id -> routes.fileOf(id).ifPresent(this::open));
    }

    /** @return whether a route of this file must be loaded again although its text is the same */
    boolean isStale(RouteFile file) {
        return !Collections.disjoint(stale, file.ids());
    }

    /** Forgets a pending text, which was saved over or refused. */
    void withdraw(Path path) {
        open.remove(path);
        waiting.remove(path);
    }

    /** Forgets pending texts whose files were deleted meanwhile; pending deletions stay. */
    void withdrawDeleted(Set<Path> present) {
        List.copyOf(open.values()).stream().filter(file -> !file.isGone() && !present.contains(file.path())).forEach(file -> {
            withdraw(file.path());
            report.forget(file.path());
        });
    }

    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    void tryAll() {
        Map<Path, List<Finding>> refused = new HashMap<>();
        boolean progress = true;
        while (progress) { // files that need each other come in any order
            progress = false;
            for (List<RouteFile> files : together()) {
                progress |= tryTakeOver(files, refused);
            }
        }
        refused.forEach(report::refused);
        refused.keySet().forEach(this::withdraw);
    }

    /** @return the pending files in groups; files between which a route moves are one group */
    private List<List<RouteFile>> together() {
        List<List<RouteFile>> groups = new ArrayList<>();
        for (RouteFile file : open.values()) {
            List<RouteFile> group = new ArrayList<>(List.of(file));
            for (List<RouteFile> other : List.copyOf(groups)) {
                if (other.stream().anyMatch(member -> isMove(file, member) || isMove(member, file))) {
                    group.addAll(other);
                    groups.remove(other);
                }
            }
            groups.add(group);
        }
        return groups;
    }

    private boolean isMove(RouteFile from, RouteFile to) {
        RouteFile last = routes.get(from.path());
        return last != null && last.ids().stream().anyMatch(id -> !from.ids().contains(id) && to.ids().contains(id));
    }

    private boolean tryTakeOver(List<RouteFile> files, Map<Path, List<Finding>> refused) {
        RouteChange change = RouteChange.of(routes.before(files), files, stale);
        List<Path> paths = files.stream().map(RouteFile::path).toList();
        if (paths.stream().anyMatch(waiting::contains) && !running.areIdle(change.stopped())) {
            return false;
        }
        Map<Path, List<Finding>> findings = routes.check(files);
        if (!findings.isEmpty()) {
            Path cause = findings.keySet().iterator().next();
            paths.forEach(path -> refused.put(path, findings.getOrDefault(path, List.of(
                new Finding(path, 1, "a route moves between this file and " + cause + ", which is refused")))));
            return false;
        }
        refused.keySet().removeAll(paths);
        try {
            return takeOver(files, change);
        } catch (Exception e) {
            files.forEach(file -> refused.put(file.path(), failures(file, e)));
            open.keySet().removeAll(paths);
            return false;
        }
    }

    private boolean takeOver(List<RouteFile> files, RouteChange change) throws Exception {
        if (!running.swap(change)) {
            files.forEach(file -> {
                waiting.add(file.path());
                report.waiting(file.path());
            });
            return false;
        }
        boolean configured = routes.changesConfigurations(files);
        files.forEach(routes::put);
        files.forEach(file -> withdraw(file.path()));
        stale.removeAll(change.changed());
        if (configured) {
            try {
                running.configure(routes.configurations());
            } catch (Exception e) { // the routes have been swapped by now
                files.forEach(file -> report.refused(file.path(), List.of(new Finding(file.path(), 1,
                    "the routes of this file are in force, but its routeConfiguration is not, and the one before stays. Correct it"
                        + " and save the file again: " + e))));
                return true;
            }
            routes.files().forEach(file -> reload(file.ids())); // error handling is built into a route when it is loaded
        }
        files.forEach(file -> report.tookOver(file.path()));
        return true;
    }

    private static List<Finding> failures(RouteFile file, Exception e) {
        List<Finding> findings = new ArrayList<>(List.of(LoadFailure.of(file, e)));
        for (Throwable second : e.getSuppressed()) {
            findings.add(new Finding(file.path(), 1, "and what ran before did not start again, restart Saddlebag: " + second));
        }
        return findings;
    }
}
