package io.saddlebag.livereload;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds out which route and SQL files and kinds were saved or deleted, and has them taken over. For one thread. */
class LiveEditing {

    /** So many deleted files are a person's work. */
    private static final int FEW = 4;
    /** One of so many is a great part. */
    private static final int GREAT_PART = 4;

    private final RouteFolder folder;
    private final LoadedRoutes routes;
    private final KindEditing kinds;
    private final RouteSwap swap;
    private final SqlFileCheck sql;
    private final LiveEditingReport report;

    LiveEditing(RouteFolder folder, LoadedRoutes routes, KindEditing kinds, RouteSwap swap, SqlFileCheck sql, LiveEditingReport report) {
        this.folder = folder;
        this.routes = routes;
        this.kinds = kinds;
        this.swap = swap;
        this.sql = sql;
        this.report = report;
    }

    /** Learns what runs: to be called when the application has started and before the first look. */
    void begin() {
        folder.changed();
        folder.routeFiles().forEach(path -> read(path).ifPresent(routes::put));
    }

    /** Whether there is something to do although no file changes: a route whose exchanges end. */
    boolean isWaiting() {
        return swap.isWaiting();
    }

    /** Takes over what was saved since the last look, and what that was in the way of; nothing while a great part of the files is gone. */
    void look() {
        Set<Path> routeFiles = folder.isThere() ? folder.routeFiles() : Set.of();
        if (isHeld(lost(routeFiles), routes.files().size(), "route files") || isHeld(kinds.lost(), kinds.inForce(), "declarations of kinds")) {
            return;
        }
        report.held(null);
        Set<Path> changed = new TreeSet<>(folder.changed());
        if (!changed.isEmpty() || !gone(routeFiles).isEmpty()) {
            changed.addAll(report.refusedFiles()); // what was refused may pass now
        }
        changed.stream().filter(routeFiles::contains).forEach(this::openRoute);
        changed.stream().filter(path -> path.toString().endsWith(RouteFolder.SQL)).filter(Files::exists).forEach(this::openSql);
        swap.withdrawDeleted(routeFiles);
        gone(routeFiles).forEach(file -> swap.open(RouteFile.gone(file.path())));
        swap.tryAll();
        report.refusedFiles().stream().filter(path -> !Files.exists(path) && routes.get(path) == null && !kinds.isInForce(path))
            .forEach(report::forget);
        kinds.look();
    }

    /** While a great part of the files is gone: as of a folder that is not mounted, or a checkout that is half done. */
    private boolean isHeld(int lost, int running, String files) {
        if (lost < FEW || lost * GREAT_PART < running) {
            return false;
        }
        report.held(lost + " of " + running + " " + files + " are gone at once, as of a folder that is not mounted or a checkout that is half"
            + " done. The previous version keeps running, and no file is taken over. Bring the files back; if they are gone on purpose, restart Saddlebag");
        return true;
    }

    /** Without those that are in another folder now. */
    private int lost(Set<Path> routeFiles) {
        Set<Path> names = routeFiles.stream().map(Path::getFileName).collect(Collectors.toSet());
        return (int) gone(routeFiles).stream().filter(file -> !names.contains(file.path().getFileName())).count();
    }

    private List<RouteFile> gone(Set<Path> routeFiles) {
        return routes.files().stream().filter(file -> !routeFiles.contains(file.path())).toList();
    }

    private void openRoute(Path path) {
        swap.withdraw(path);
        read(path).ifPresent(file -> {
            if (routes.get(path) != null && routes.get(path).text().equals(file.text()) && !swap.isStale(file)) {
                report.forget(path);
            } else {
                swap.open(file);
            }
        });
    }

    private void openSql(Path path) {
        sql.check(path).ifPresentOrElse(finding -> report.refused(path, List.of(finding)), () -> {
            report.tookOver(path);
            swap.reload(routes.usersOf(path)); // a statement is read when its route starts
        });
    }

    private Optional<RouteFile> read(Path path) {
        try {
            return Optional.of(RouteFile.read(path));
        } catch (UnreadableFile e) {
            report.refused(path, List.of(e.finding()));
            return Optional.empty();
        }
    }
}
