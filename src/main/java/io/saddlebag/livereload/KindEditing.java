package io.saddlebag.livereload;

import io.saddlebag.declarations.DeclarationFault;
import io.saddlebag.kinds.Kind;
import io.saddlebag.kinds.Kinds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Activates declarations of kinds that were saved or deleted. A flow that is under way keeps the kind with which it began, so no wait is
 * needed. For one thread.
 */
class KindEditing {

    private final Kinds kinds;
    private final LoadedRoutes routes;
    private final SqlFileCheck sql;
    private final LiveEditingReport report;

    KindEditing(Kinds kinds, LoadedRoutes routes, SqlFileCheck sql, LiveEditingReport report) {
        this.kinds = kinds;
        this.routes = routes;
        this.sql = sql;
        this.report = report;
    }

    int inForce() {
        return kinds.all().size();
    }

    /** @return the number of active kinds whose declaration is gone */
    int lost() {
        return gone().size();
    }

    boolean isInForce(Path file) {
        return kinds.all().stream().anyMatch(kind -> kinds.file(kind).equals(file));
    }

    /** Activates changed declarations. A faulty declaration is refused, and the active one stays. */
    void look() {
        kinds.files().forEach(this::take);
        gone().forEach(this::remove);
    }

    private void take(Path file) {
        try {
            Kind kind = kinds.read(file);
            if (kinds.all().contains(kind)) {
                report.forget(file);
                return;
            }
            List<Finding> findings = Stream.of(kind.inRecordsTable() ? null : kind.statement(), kind.quality()).filter(Objects::nonNull).map(Path::of)
                .map(sql::check).flatMap(Optional::stream).toList();
            if (findings.isEmpty()) {
                kinds.put(kind);
                report.tookOver(file);
            } else {
                report.refused(file, findings);
            }
        } catch (DeclarationFault e) {
            report.refused(file, e.places().stream().map(place -> new Finding(file, place.line(), place.toString())).toList());
        }
    }

    private void remove(Kind kind) {
        Path file = kinds.file(kind);
        List<Finding> users = routes.files().stream().flatMap(route -> lines(route, "of('" + kind.name() + "')")
            .map(line -> new Finding(file, 1, "is deleted, and " + route.path() + ":" + line + " names this kind. Bring the file back, or change"
                + " that route first"))).toList();
        if (users.isEmpty()) {
            kinds.remove(kind.name());
            report.tookOver(file);
        } else {
            report.refused(file, users);
        }
    }

    private static Stream<Integer> lines(RouteFile route, String text) {
        return route.entries().stream().filter(entry -> entry.value() != null && entry.value().contains(text)).map(YamlEntry::line);
    }

    private List<Kind> gone() {
        return kinds.all().stream().filter(kind -> !Files.exists(kinds.file(kind))).toList();
    }
}
