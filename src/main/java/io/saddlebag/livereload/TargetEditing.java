package io.saddlebag.livereload;

import io.saddlebag.push.Target;
import io.saddlebag.push.Targets;
import java.nio.file.Path;
import java.util.List;

/** Activates declarations of push targets, each with the SQL file beside it. */
class TargetEditing extends DeclarationEditing<Target> {

    private final SqlFileCheck sql;

    TargetEditing(Targets targets, SqlFileCheck sql, LiveEditingReport report) {
        super(targets, report);
        this.sql = sql;
    }

    @Override
    String name(Target target) {
        return target.name();
    }

    @Override
    List<Finding> findings(Path file, Target target) {
        return sql.checkRows(file.resolveSibling(target.name() + ".sql"), Target.COLUMNS, Target.OPTIONAL_COLUMNS).stream().toList();
    }

    /** A removed target keeps what it knows of its records; its runs end as they began. */
    @Override
    List<Finding> users(Target target) {
        return List.of();
    }
}
