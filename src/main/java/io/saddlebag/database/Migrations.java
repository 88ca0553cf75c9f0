package io.saddlebag.database;

import io.saddlebag.common.BadSettingException;
import io.saddlebag.common.FailureReason;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.Location;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.flywaydb.core.api.output.ValidateOutput;
import org.flywaydb.core.internal.exception.FlywayMigrateException;
import org.flywaydb.core.internal.sqlscript.FlywaySqlScriptException;

/**
 * Brings the tables up to date with Saddlebag's migrations and functions, and with the migrations in a folder of the installation. A failure
 * is reported with file, line and PostgreSQL's message. The statement is left out, because it may hold a password.
 */
class Migrations {

    /** Lower versions belonged to a history that was never released. */
    static final MigrationVersion FIRST = MigrationVersion.fromVersion("100");
    static final MigrationVersion FIRST_OF_INSTALLATION = MigrationVersion.fromVersion("1000");
    /** Results of a validation for files that only need to be run. */
    private static final Set<CoreErrorCode> TO_RUN = EnumSet.of(CoreErrorCode.RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED,
        CoreErrorCode.RESOLVED_REPEATABLE_MIGRATION_NOT_APPLIED, CoreErrorCode.OUTDATED_REPEATABLE_MIGRATION);

    private static final int ATTEMPTS = 20;
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private final Flyway flyway;

    Migrations(Flyway flyway) {
        this.flyway = flyway;
    }

    /** @throws BadSettingException if a file fails or has changed since it was run, or if a newer Saddlebag made the tables */
    void run() {
        for (int left = ATTEMPTS; !migrateOnce(left > 0); left--) {
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /**
     * @param again whether another attempt may follow
     * @return false if nothing was migrated, because another process has made the table of Flyway's history and not filled it yet: Flyway makes that table before it
     *         takes its lock
     */
    private boolean migrateOnce(boolean again) {
        try {
            MigrationInfoService files = flyway.info();
            Arrays.stream(files.pending()).filter(this::isReserved).findFirst().ifPresent(Migrations::refuse);
            NewerTables newer = new NewerTables(files.all());
            newer.refuse(files.all());
            FluentConfiguration all = Flyway.configure().configuration(flyway.getConfiguration())
                .callbacks(newer.with(flyway.getConfiguration().getCallbacks()));
            if (Arrays.stream(files.pending()).map(this::isOfInstallation).distinct().count() == 2) {
                migrateOwn(all);
            }
            all.load().migrate();
            return true;
        } catch (FlywayValidateException e) {
            throw changed(e);
        } catch (FlywayException e) {
            if (again && String.valueOf(e.getMessage()).matches("(?s).*schema history table .* already exists, and is empty.*")) {
                return false;
            }
            throw failed(e);
        }
    }

    /**
     * Runs Saddlebag's own files alone, before those of the installation. Flyway runs functions (R__) after all files with a version, but migrations of the
     * installation may call Saddlebag's functions.
     */
    private void migrateOwn(FluentConfiguration all) {
        firstInvalid().ifPresent(file -> {
            throw changed(file);
        });
        Location[] own = Arrays.stream(all.getLocations()).filter(location -> !location.isFileSystem()).toArray(Location[]::new);
        Flyway.configure().configuration(all).locations(own).ignoreMigrationPatterns("*:future", "*:missing").load().migrate();
    }

    private boolean isReserved(MigrationInfo migration) {
        return migration.isVersioned() && !migration.getVersion().isAtLeast(FIRST_OF_INSTALLATION.getVersion()) && isOfInstallation(migration);
    }

    private boolean isOfInstallation(MigrationInfo migration) {
        return Arrays.stream(flyway.getConfiguration().getLocations()).filter(Location::isFileSystem)
            .anyMatch(folder -> absolute(migration.getPhysicalLocation()).startsWith(absolute(folder.getPath())));
    }

    private static void refuse(MigrationInfo migration) {
        throw new BadSettingException(named(migration.getPhysicalLocation()), "version " + migration.getVersion() + " is below "
            + FIRST_OF_INSTALLATION + ", and those are Saddlebag's own", "Give the file a version from V" + FIRST_OF_INSTALLATION + " on");
    }

    private BadSettingException changed(FlywayValidateException failure) {
        return firstInvalid().map(Migrations::changed).orElseGet(() -> failed(failure));
    }

    private Optional<ValidateOutput> firstInvalid() {
        return flyway.validateWithResult().invalidMigrations.stream()
            .filter(file -> !TO_RUN.contains(file.errorDetails.errorCode)).findFirst();
    }

    private static BadSettingException changed(ValidateOutput file) {
        String name = file.filepath == null || file.filepath.isEmpty()
            ? "migration V" + file.version + " (" + file.description + ")" : named(file.filepath);
        if (file.errorDetails.errorCode instanceof CoreErrorCode code) {
            switch (code) {
                case CHECKSUM_MISMATCH, DESCRIPTION_MISMATCH, TYPE_MISMATCH:
                    return new BadSettingException(name, "it was changed after it had been run, and is not run again",
                        "Put it back as it was, and write what is new into a file of a higher version");
                case APPLIED_VERSIONED_MIGRATION_NOT_RESOLVED, APPLIED_REPEATABLE_MIGRATION_NOT_RESOLVED:
                    return new BadSettingException(name, "it was run, and its file is no longer there", "Put the file back");
                case FAILED_VERSIONED_MIGRATION, FAILED_REPEATABLE_MIGRATION:
                    return new BadSettingException(name, "it failed half-way, outside of a transaction", halfWay());
                default:
            }
        }
        return new BadSettingException(name, oneLine(file.errorDetails.errorMessage), "Put that right, and start again");
    }

    private static BadSettingException failed(FlywayException failure) {
        BadSettingException setting = FailureReason.find(BadSettingException.class, failure);
        if (setting != null) {
            return setting;
        }
        FlywayMigrateException migration = FailureReason.find(FlywayMigrateException.class, failure);
        FlywaySqlScriptException script = FailureReason.find(FlywaySqlScriptException.class, failure);
        if (script == null && failure.getMessage().contains("advisory lock")) {
            return new BadSettingException("migrations", "another session of the database has held their lock for a minute",
                "If no other Saddlebag is migrating, end it: SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
        }
        if (script == null || script.getResource() == null) {
            return new BadSettingException("migrations", oneLine(failure.getMessage()), "Put that right, and start again");
        }
        boolean rolledBack = migration == null || migration.isExecutableInTransaction();
        if (LOCK_NOT_AVAILABLE.equals(((SQLException) script.getCause()).getSQLState())) {
            return new BadSettingException(named(script.getResource().getAbsolutePathOnDisk()) + ", line " + script.getLineNumber(),
                "another session holds a lock of a table that it changes", "Have open transactions end (SELECT pid, usename, query FROM"
                + " pg_stat_activity WHERE xact_start IS NOT NULL). "
                + (rolledBack ? "Nothing of the file is left in the database: start again" : halfWay()));
        }
        if (INSUFFICIENT_PRIVILEGE.equals(((SQLException) script.getCause()).getSQLState())) {
            return new BadSettingException(named(script.getResource().getAbsolutePathOnDisk()) + ", line " + script.getLineNumber(),
                oneLine(script.getCause().getMessage()), "Give the user of DATABASE_URL that right (Saddlebag's tables and functions are to be its own),"
                + " and start again");
        }
        return new BadSettingException(named(script.getResource().getAbsolutePathOnDisk()) + ", line " + script.getLineNumber(),
            oneLine(script.getCause().getMessage()), rolledBack
                ? "Nothing of the file is left in the database: correct it, and start again" : halfWay());
    }

    private static String halfWay() {
        return "Undo what it did by hand, DELETE FROM flyway_schema_history WHERE NOT success, correct the file, and start again";
    }

    /** @return the file as an operator sees it from the folder where Saddlebag was started */
    private static String named(String file) {
        Path here = absolute("");
        return absolute(file).startsWith(here) ? here.relativize(absolute(file)).toString() : file;
    }

    private static Path absolute(String path) {
        return Path.of(path).toAbsolutePath().normalize();
    }

    private static String oneLine(String text) {
        return String.valueOf(text).strip().replaceAll("\\s+", " ");
    }
}
