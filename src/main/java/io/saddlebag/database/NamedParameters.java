package io.saddlebag.database;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.camel.Exchange;
import org.apache.camel.component.sql.DefaultSqlPrepareStatementStrategy;
import org.springframework.jdbc.core.ArgumentPreparedStatementSetter;

/**
 * Gives a statement the parameters that its text names ({@code :#name}, {@code :?name}), and does not ask the server first how
 * many they are, as camel-sql does before each execution. That question names no types, so that the driver gives up its
 * prepared statement and has it parsed and planned again: a fifth of PostgreSQL's time for a page of items, and a round trip
 * for every statement. Positional parameters ({@code #}) are still counted by the server.
 */
class NamedParameters extends DefaultSqlPrepareStatementStrategy {

    @Override
    public Iterator<?> createPopulateIterator(String query, String preparedQuery, int expected, Exchange exchange, Object value)
            throws SQLException {
        if (hasNamedParameters(query)) {
            return super.createPopulateIterator(query, preparedQuery, expected, exchange, value);
        }
        return preparedQuery.contains("?") ? new Positional(query, preparedQuery, exchange, value)
            : Collections.emptyIterator();
    }

    @Override
    public void populateStatement(PreparedStatement statement, Iterator<?> values, int expected) throws SQLException {
        if (values instanceof Positional positional) {
            int count = statement.getParameterMetaData().getParameterCount();
            super.populateStatement(statement, super.createPopulateIterator(positional.query, positional.preparedQuery, count,
                positional.exchange, positional.value), count);
        } else {
            List<Object> named = new ArrayList<>();
            values.forEachRemaining(value -> {
                if (value instanceof Iterator<?> in) { // :?in:name
                    in.forEachRemaining(named::add);
                } else {
                    named.add(value);
                }
            });
            new ArgumentPreparedStatementSetter(named.toArray()).setValues(statement);
        }
    }

    /** What {@link #createPopulateIterator} cannot do yet, since it does not have the statement. */
    private record Positional(String query, String preparedQuery, Exchange exchange, Object value) implements Iterator<Object> {

        @Override
        public boolean hasNext() {
            return false;
        }

        @Override
        public Object next() {
            throw new NoSuchElementException();
        }
    }
}
