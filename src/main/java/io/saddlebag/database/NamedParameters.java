package io.saddlebag.database;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.RuntimeExchangeException;
import org.apache.camel.component.sql.DefaultSqlPrepareStatementStrategy;
import org.apache.camel.spi.Language;
import org.springframework.jdbc.core.ArgumentPreparedStatementSetter;

/**
 * Gives a statement the parameters that its text names ({@code :#name}, {@code :?name}), and does not ask the server first how
 * many they are, as camel-sql does before each execution. That question names no types, so that the driver gives up its
 * prepared statement and has it parsed and planned again: a fifth of PostgreSQL's time for a page of items, and a round trip
 * for every statement. Positional parameters ({@code #}) are still counted by the server.
 */
class NamedParameters extends DefaultSqlPrepareStatementStrategy {

    private static final Pattern PARAMETER = Pattern.compile(":\\?(?:\\$(?:simple)?\\{|\\w+)");

    private final Map<String, List<String>> parameters = new ConcurrentHashMap<>();

    @Override
    public Iterator<?> createPopulateIterator(String query, String preparedQuery, int expected, Exchange exchange, Object value)
            throws SQLException {
        if (hasNamedParameters(query)) {
            boolean ofTheBody = value == exchange.getMessage().getBody(); // otherwise one of a batch
            return ofTheBody && !query.contains(":?in:") ? named(query, exchange, value)
                : super.createPopulateIterator(query, preparedQuery, expected, exchange, value);
        }
        return preparedQuery.contains("?") ? new Positional(query, preparedQuery, exchange, value)
            : Collections.emptyIterator();
    }

    /**
     * As camel-sql, but it asks a body only where that is a Map. Camel-sql has any body converted to one, twice for each parameter: a
     * page, a list of rows or a number that stands there for the next step.
     */
    private Iterator<?> named(String query, Exchange exchange, Object body) {
        Map<?, ?> map = body instanceof Map<?, ?> given ? given : Map.of();
        Language simple = exchange.getContext().resolveLanguage("simple");
        return parameters.computeIfAbsent(query, NamedParameters::parameters).stream()
            .map(name -> name.startsWith("$") ? simple.createExpression(name).evaluate(exchange, Object.class)
                : value(name, map, exchange, query)).iterator();
    }

    private static Object value(String name, Map<?, ?> body, Exchange exchange, String query) {
        return Stream.of(body, exchange.getMessage().getHeaders(), exchange.getVariables()).filter(place -> place.containsKey(name)).findFirst()
            .orElseThrow(() -> new RuntimeExchangeException("There is neither a key of the body, nor a header, nor a variable " + name
                + " for the parameter of: " + query, exchange)).get(name);
    }

    /** @return the names in the order of the text; an expression with its braces, which may stand in each other */
    private static List<String> parameters(String query) {
        List<String> names = new ArrayList<>();
        Matcher parameter = PARAMETER.matcher(query);
        int from = 0;
        while (parameter.find(from)) {
            int end = parameter.end();
            if (query.charAt(end - 1) == '{') {
                for (int depth = 1; depth > 0; end++) {
                    depth += query.charAt(end) == '{' ? 1 : query.charAt(end) == '}' ? -1 : 0;
                }
            }
            names.add(query.substring(parameter.start() + 2, end));
            from = end;
        }
        return List.copyOf(names);
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
