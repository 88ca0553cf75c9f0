package io.saddlebag.database;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/**
 * Ends a connection of the pool on which the server refuses to write. A session that began while the server wrote nothing, or before
 * it became a standby, may stay so for as long as it lives; the next connection may be to a server that writes.
 */
public class ReadOnlyEviction implements SQLExceptionOverride {

    /** @return whether the server told somewhere in this failure that it does not write */
    public static boolean isTold(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && PostgresqlErrors.READ_ONLY.equals(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    @java.lang.Override // the plain name is the interface's own
    public Override adjudicate(SQLException failure) {
        return PostgresqlErrors.READ_ONLY.equals(failure.getSQLState()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
    }
}
