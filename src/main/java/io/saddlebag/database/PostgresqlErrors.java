package io.saddlebag.database;

import java.sql.SQLException;
import java.util.Set;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.stereotype.Component;

/**
 * What PostgreSQL's SQLSTATEs mean to whoever waits for the work (https://www.postgresql.org/docs/17/errcodes-appendix.html), where
 * Spring says something else. A database that is away (DataAccessResourceFailureException: no connection, no space, no memory, a
 * shutdown, no writes) and an error that passes (TransientDataAccessException) are waited for; a value that cannot be stored is its
 * record's fault alone. Spring knows the classes 08, 53, 57 and 58 as the first, 40 as the second, 22 and 23 as the third.
 */
@Component
class PostgresqlErrors extends SQLExceptionSubclassTranslator {

    /** read_only_sql_transaction: a standby, or a server that is told to write nothing. */
    static final String READ_ONLY = "25006";
    /** idle_in_transaction_session_timeout and transaction_timeout end the connection, as a shutdown does. */
    static final Set<String> AWAY = Set.of(READ_ONLY, "25P03", "25P04");
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String FEATURE_NOT_SUPPORTED = "0A000";
    /** program_limit_exceeded, such as a value too long for an index. */
    private static final String LIMIT_CLASS = "54";
    /** cardinality_violation: a mapping meets one row twice, or a subquery of it gives several rows. Spring takes it for bad grammar. */
    private static final String CARDINALITY_CLASS = "21";

    @Override
    protected DataAccessException doTranslate(String task, String sql, SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        String message = buildMessage(task, sql, failure);
        if (AWAY.contains(state)) {
            return new DataAccessResourceFailureException(message, failure);
        }
        if (state.equals(LOCK_NOT_AVAILABLE)) {
            return new CannotAcquireLockException(message, failure);
        }
        if (state.equals(FEATURE_NOT_SUPPORTED) && String.valueOf(failure.getMessage()).contains("cached plan")) {
            return new TransientDataAccessResourceException(message, failure); // a newer replica has changed the table meanwhile
        }
        if (state.startsWith(LIMIT_CLASS) || state.startsWith(CARDINALITY_CLASS)) {
            return new DataIntegrityViolationException(message, failure);
        }
        return super.doTranslate(task, sql, failure);
    }
}
