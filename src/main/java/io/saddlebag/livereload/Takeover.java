package io.saddlebag.livereload;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Brings open route files into force, each only after it passed every check; what does not pass leaves no trace in what runs. */
class Takeover {

    private final RouteHouse house;
    private final RunningRoutes running;
    private final LiveEditingReport report;

    /** Not in force yet: not tried, or waiting. */
    private final Map<Path, RouteFile> open = new TreeMap<>();
    /** Good files whose route is still at work. */
    private final Set<Path> waiting = new TreeSet<>();

    Takeover(RouteHouse house, RunningRoutes running, LiveEditingReport report) {
        this.house = house;
        this.running = running;
        this.report = report;
    }

    /** A newer text of the same file that is open already stays. */
    void open(RouteFile file) {
        open.putIfAbsent(file.path(), file);
    }

    /** Forgets a text that was saved over before its turn came. */
    void withdraw(Path path) {
        open.remove(path);
        waiting.remove(path);
    }

    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    void tryAll() {
        Map<Path, List<Finding>> refused = new HashMap<>();
        boolean progress = true;
        while (progress) { // files that need each other come in any order
            progress = false;
            for (RouteFile file : List.copyOf(open.values())) {
                progress |= isTaken(file, refused);
            }
        }
        refused.forEach(report::refused);
        refused.keySet().forEach(this::withdraw);
    }

    /** Stops and removes the route of a file that is gone, unless others call it. */
    void remove(RouteFile file) {
        List<Finding> callers = house.checkWithout(file.path());
        if (!callers.isEmpty()) {
            report.refused(file.path(), callers);
            return;
        }
        try {
            if (running.remove(file)) {
                house.remove(file.path());
                withdraw(file.path());
                report.tookOver(file.path());
            } else {
                report.refused(file.path(), List.of(new Finding(file.path(), 1,
                    "is deleted, and its route still at work: it goes on until the next file is saved, or a restart")));
            }
        } catch (Exception e) {
            report.refused(file.path(), failures(file, e));
        }
    }

    private boolean isTaken(RouteFile file, Map<Path, List<Finding>> refused) {
        if (waiting.contains(file.path()) && !running.isIdle(file)) {
            return false;
        }
        List<Finding> findings = house.check(file);
        if (!findings.isEmpty()) {
            refused.put(file.path(), findings);
            return false;
        }
        refused.remove(file.path());
        try {
            return take(file);
        } catch (Exception e) {
            open.remove(file.path());
            refused.put(file.path(), failures(file, e));
            return false;
        }
    }

    private boolean take(RouteFile file) throws Exception {
        if (!file.holdsConfiguration() && !running.replace(house.get(file.path()), file)) {
            waiting.add(file.path());
            report.waiting(file.path());
            return false;
        }
        house.put(file);
        withdraw(file.path());
        if (file.holdsConfiguration()) {
            running.configure(house.configurations());
            house.routes().forEach(this::open); // error handling is built into a route when it is loaded
        }
        report.tookOver(file.path());
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
