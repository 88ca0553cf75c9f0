package io.saddlebag.livereload;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds route files, SQL files, kinds and push targets that were saved or deleted, and activates the changes. For one thread. */
class LiveEditing {

    /** Fewer deleted files than this count as intended. */
    private static final int FEW = 4;
    /** One file in this many counts as a large part. */
    private static final int GREAT_PART = 4;

    private final RouteFolder folder;
    private final LoadedRoutes routes;
    private final KindEditing kinds;
    private final TargetEditing targets;
    private final RouteSwap swap;
    private final SqlFileCheck sql;
    private final LiveEditingReport report;
    /** Files that the last check did not find. */
    private Set<Path> missing = Set.of();
    private boolean looksAgain;
    /** Whether a file was saved since the last check that came to its end. */
    private boolean saved;

    LiveEditing(RouteFolder folder, LoadedRoutes routes, KindEditing kinds, TargetEditing targets, RouteSwap swap, SqlFileCheck sql,
            LiveEditingReport report) {
        this.folder = folder;
        this.routes = routes;
        this.kinds = kinds;
        this.targets = targets;
        this.swap = swap;
        this.sql = sql;
        this.report = report;
    }

    /** Reads which routes run. To be called after the start of the application and before the first check. */
    void begin() {
        folder.changed();
        folder.routeFiles().forEach(path -> read(path).ifPresent(routes::put));
    }

    /** @return whether work is left although no file changes: a file is newly missing, or the exchanges of a route must end first */
    boolean isWaiting() {
        return looksAgain || swap.isWaiting();
    }

    /**
     * Activates files that were saved since the last check, and files that waited for them. Does nothing while a large part of the files is gone, and
     * nothing when a file is missing for the first time: some editors delete a file and write it anew.
     *
     * @param anySaved whether a file was saved since the last call; then refused files are tried again, also those that were saved as they were: the
     *                 database may have been away
     */
    void look(boolean anySaved) {
        saved |= anySaved;
        Set<Path> routeFiles = folder.isThere() ? folder.routeFiles() : Set.of();
        if (isHeld(lost(routeFiles), routes.files().size(), "route files") || isHeld((int) kinds.gone().count(), kinds.inForce(), "declarations of kinds")
            || isHeld((int) targets.gone().count(), targets.inForce(), "declarations of push targets")) {
            return;
        }
        report.held(null);
        Set<Path> before = missing;
        missing = Stream.of(gone(routeFiles).stream().map(RouteFile::path), kinds.gone(), targets.gone()).flatMap(files -> files).collect(Collectors.toSet());
        looksAgain = !before.containsAll(missing);
        if (looksAgain) {
            return;
        }
        Set<Path> changed = new TreeSet<>(folder.changed());
        if (saved || !changed.isEmpty() || !gone(routeFiles).isEmpty()) {
            changed.addAll(report.refusedFiles());
        }
        changed.stream().filter(routeFiles::contains).forEach(this::openRoute);
        changed.stream().filter(path -> path.toString().endsWith(RouteFolder.SQL)).filter(Files::exists).forEach(this::openSql);
        swap.withdrawDeleted(routeFiles);
        gone(routeFiles).forEach(file -> swap.open(RouteFile.gone(file.path())));
        swap.tryAll();
        report.refusedFiles().stream().filter(path -> !Files.exists(path) && routes.get(path) == null && !kinds.isInForce(path)
            && !targets.isInForce(path)).forEach(report::forget);
        kinds.look();
        targets.look();
        saved = false;
    }

    /** @return whether a large part of the files is gone, as in a folder that is not mounted or during a checkout */
    private boolean isHeld(int lost, int running, String files) {
        if (lost < FEW || lost * GREAT_PART < running) {
            return false;
        }
        report.held(lost + " of " + running + " " + files + " are gone at once, as of a folder that is not mounted or a checkout that is half"
            + " done. The previous version keeps running, and no file is taken over. Bring the files back; if they are gone on purpose, restart Saddlebag");
        return true;
    }

    /** @return the files without those that were moved to another folder */
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
