package io.saddlebag.webhook;

import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.context.annotation.Lazy;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Checks that an address names a known organisation before the long body of a webhook is read. The route decides. */
@Component
class KnownOrganisations {

    private static final long FRESH = 1_000_000_000;

    private final JdbcTemplate database;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile Set<String> names = Set.of();
    private volatile long readAt = System.nanoTime() - FRESH;

    /** @param database opened at the first use: a filter needs this bean while the server starts, before the database is checked */
    KnownOrganisations(@Lazy JdbcTemplate database) {
        this.database = database;
    }

    /** @return true also if the database does not answer. The database is asked about unknown names at most once a second */
    boolean mayHave(String org) {
        if (!names.contains(org) && System.nanoTime() - readAt >= FRESH && reading.tryLock()) {
            try {
                names = Set.copyOf(database.queryForList("SELECT org_id FROM organisations UNION SELECT name FROM organisations WHERE name IS NOT NULL",
                    String.class));
            } catch (DataAccessException away) {
                names = Set.of();
            } finally {
                readAt = System.nanoTime();
                reading.unlock();
            }
        }
        Set<String> known = names;
        return known.isEmpty() || known.contains(org);
    }
}
