package io.saddlebag.livereload;

import io.saddlebag.kinds.Kind;
import io.saddlebag.kinds.Kinds;
import io.saddlebag.push.Targets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Activates declarations of kinds. */
class KindEditing extends DeclarationEditing<Kind> {

    private final Kinds kinds;
    private final Targets targets;
    private final LoadedRoutes routes;
    private final SqlFileCheck sql;

    KindEditing(Kinds kinds, Targets targets, LoadedRoutes routes, SqlFileCheck sql, LiveEditingReport report) {
        super(kinds, report);
        this.kinds = kinds;
        this.targets = targets;
        this.routes = routes;
        this.sql = sql;
    }

    @Override
    String name(Kind kind) {
        return kind.name();
    }

    @Override
    List<Finding> findings(Path file, Kind kind) {
        if (targets.has(kind.name())) {
            return List.of(new Finding(file, 1, "\"" + kind.name() + "\" is the name of a push target, and a run is called by it. Rename the file"));
        }
        return Stream.of(kind.inRecordsTable() ? null : kind.statement(), kind.quality()).filter(Objects::nonNull).map(Path::of)
            .map(sql::check).flatMap(Optional::stream).toList();
    }

    @Override
    List<Finding> users(Kind kind) {
        return routes.files().stream().flatMap(route -> lines(route, "of('" + kind.name() + "')")
            .map(line -> new Finding(kinds.file(kind), 1, "is deleted, and " + route.path() + ":" + line + " names this kind. Bring the file back,"
                + " or change that route first"))).toList();
    }

    private static Stream<Integer> lines(RouteFile route, String text) {
        return route.entries().stream().filter(entry -> entry.value() != null && entry.value().contains(text)).map(YamlEntry::line);
    }
}
