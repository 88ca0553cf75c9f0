package io.saddlebag.database;

import io.saddlebag.common.BadSettingException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;

/**
 * Keeps Saddlebag from tables of another history: those of a newer version, whose functions it would replace with its older ones, and
 * those of the time before the first release. Checked before anything is done, and again before each migration, under Flyway's lock:
 * a newer replica may have migrated meanwhile.
 */
class NewerTables implements Callback {

    private final Set<MigrationVersion> known;

    /** @param all migrations, those of the files and those of the database */
    NewerTables(MigrationInfo[] all) {
        known = Arrays.stream(all).filter(migration -> migration.isVersioned() && migration.getState().isResolved())
            .map(MigrationInfo::getVersion).collect(Collectors.toSet());
    }

    /** @throws BadSettingException when one of Saddlebag's own migrations was run that has no file here */
    void refuse(MigrationInfo[] all) {
        refuse(Arrays.stream(all).filter(migration -> migration.isVersioned() && migration.getState().isApplied())
            .map(MigrationInfo::getVersion));
    }

    private void refuse(Stream<MigrationVersion> applied) {
        applied.filter(version -> !known.contains(version) && isSaddlebags(version)).max(Comparator.naturalOrder()).ifPresent(newer -> {
            if (!newer.isAtLeast(Migrations.FIRST.getVersion())) {
                throw new BadSettingException("DATABASE_URL", "a Saddlebag from before the first release made the tables of this database (up to V"
                    + newer + "), and they cannot be brought up to date", "Start with an empty database; the records come anew from Zoho. Where "
                    + "DATABASE_URL is not set, move the folder data/postgres away");
            }
            String own = known.stream().filter(NewerTables::isSaddlebags).max(Comparator.naturalOrder()).map(last -> "V" + last).orElse("none");
            throw new BadSettingException("DATABASE_URL", "a newer Saddlebag has migrated this database (to V" + newer
                + "; the last migration of this one is " + own + ")",
                "Start that version or a later one; to return to this one, restore a backup from before the update");
        });
    }

    private static boolean isSaddlebags(MigrationVersion version) {
        return version.isAtLeast("1") && !version.isAtLeast(Migrations.FIRST_OF_INSTALLATION.getVersion());
    }

    /** @return the callbacks, and this one */
    Callback[] with(Callback[] others) {
        return Stream.concat(Stream.of(others), Stream.of(this)).toArray(Callback[]::new);
    }

    @Override
    public boolean supports(Event event, Context context) {
        return event == Event.BEFORE_EACH_MIGRATE;
    }

    @Override
    public boolean canHandleInTransaction(Event event, Context context) {
        return true;
    }

    @Override
    public void handle(Event event, Context context) {
        String history = context.getConfiguration().getTable();
        try (Statement statement = context.getConnection().createStatement();
                ResultSet rows = statement.executeQuery("SELECT version FROM \"" + history + "\" WHERE version IS NOT NULL AND success")) {
            Stream.Builder<MigrationVersion> applied = Stream.builder();
            while (rows.next()) {
                applied.add(MigrationVersion.fromVersion(rows.getString(1)));
            }
            refuse(applied.build());
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot read " + history, e);
        }
    }

    @Override
    public String getCallbackName() {
        return "newer-tables";
    }
}
