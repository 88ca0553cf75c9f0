package io.saddlebag.livereload;

import io.saddlebag.declarations.DeclarationFault;
import io.saddlebag.declarations.Declarations;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Activates declarations that were saved or deleted, of kinds or of push targets. A flow that is under way keeps the declaration with which
 * it began, so no wait is needed. For one thread.
 */
abstract class DeclarationEditing<T> {

    private final Declarations<T> declarations;
    private final LiveEditingReport report;

    DeclarationEditing(Declarations<T> declarations, LiveEditingReport report) {
        this.declarations = declarations;
        this.report = report;
    }

    abstract String name(T declared);

    /** @return what is wrong with a readable declaration and its SQL files; empty: it may be in force */
    abstract List<Finding> findings(Path file, T declared);

    /** @return who still uses a declaration that is gone; empty: it may be removed */
    abstract List<Finding> users(T declared);

    int inForce() {
        return declarations.all().size();
    }

    /** @return the files of active declarations that are gone */
    Stream<Path> gone() {
        return withoutFile().stream().map(declarations::file);
    }

    boolean isInForce(Path file) {
        return declarations.all().stream().anyMatch(declared -> declarations.file(declared).equals(file));
    }

    /** Activates changed declarations. A faulty declaration is refused, and the active one stays. */
    void look() {
        declarations.files().forEach(this::take);
        withoutFile().forEach(this::remove);
    }

    private void take(Path file) {
        try {
            T declared = declarations.read(file);
            if (declarations.all().contains(declared)) {
                report.forget(file);
                return;
            }
            List<Finding> findings = findings(file, declared);
            if (findings.isEmpty()) {
                declarations.put(declared);
                report.tookOver(file);
            } else {
                report.refused(file, findings);
            }
        } catch (DeclarationFault e) {
            report.refused(file, e.places().stream().map(place -> new Finding(file, place.line(), place.toString())).toList());
        }
    }

    private void remove(T declared) {
        List<Finding> users = users(declared);
        if (users.isEmpty()) {
            declarations.remove(name(declared));
            report.tookOver(declarations.file(declared));
        } else {
            report.refused(declarations.file(declared), users);
        }
    }

    private List<T> withoutFile() {
        return declarations.all().stream().filter(declared -> !Files.exists(declarations.file(declared))).toList();
    }
}
