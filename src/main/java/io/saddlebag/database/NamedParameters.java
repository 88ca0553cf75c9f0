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
import org.apache.camel.Expression;
import org.apache.camel.RuntimeExchangeException;
import org.apache.camel.component.sql.DefaultSqlPrepareStatementStrategy;
import org.springframework.jdbc.core.ArgumentPreparedStatementSetter;

/**
 * Sets the parameters that the text of a statement names ({@code :#name}, {@code :?name}) without asking the server for their number.
 * Camel-sql asks before each execution, and its question names no types. The driver then gives up its prepared statement and has the
 * statement parsed and planned again, which costs a fifth of PostgreSQL's time for a page of items, and a round trip for every statement. The
 * server still counts positional parameters ({@code #}).
 */
class NamedParameters extends DefaultSqlPrepareStatementStrategy {

    private static final Pattern PARAMETER = Pattern.compile(":\\?(?:\\$(?:simple)?\\{|\\w+)");

    /** An expression of a setting alone, which stays the same while the application runs. */
    private static final Pattern SETTING = Pattern.compile("\\$\\{properties:[^{}]*}");

    private final Map<String, List<Parameter>> parameters = new ConcurrentHashMap<>();
    private final Map<String, String> prepared = new ConcurrentHashMap<>();

    /** Finds the parameters of a text once. To look for them at each execution took 3 % of the processor time of small runs. */
    @Override
    public String prepareQuery(String query, boolean allowNamedParameters, Exchange exchange) throws SQLException {
        if (!allowNamedParameters || query.contains(":?in:")) { // the number of values decides
            return super.prepareQuery(query, allowNamedParameters, exchange);
        }
        String known = prepared.get(query);
        if (known == null) {
            known = super.prepareQuery(query, true, exchange);
            prepared.put(query, known);
        }
        return known;
    }

    @Override
    public Iterator<?> createPopulateIterator(String query, String preparedQuery, int expected, Exchange exchange, Object value)
            throws SQLException {
        if (hasNamedParameters(query)) {
            boolean ofTheBody = value == exchange.getMessage().getBody(); // otherwise value is an element of a batch
            return ofTheBody && !query.contains(":?in:") ? named(query, exchange, value)
                : super.createPopulateIterator(query, preparedQuery, expected, exchange, value);
        }
        return preparedQuery.contains("?") ? new Positional(query, preparedQuery, exchange, value)
            : Collections.emptyIterator();
    }

    /**
     * Like camel-sql, but looks into the body only if it is a Map. Camel-sql converts any body to a Map, twice for each parameter, even a page,
     * a list of rows or a number that is there for the next step.
     */
    private Iterator<?> named(String query, Exchange exchange, Object body) {
        Map<?, ?> map = body instanceof Map<?, ?> given ? given : Map.of();
        return parameters.computeIfAbsent(query, text -> names(text).stream().map(name -> parameter(name, exchange)).toList()).stream()
            .map(parameter -> parameter.value(query, map, exchange)).iterator();
    }

    /** Where the value of a parameter comes from. */
    private interface Parameter {
        Object value(String query, Map<?, ?> body, Exchange exchange);
    }

    /** A setting is asked for once. To look for it in all sources of settings at each execution took 6.5 % of the processor time of small runs. */
    private static Parameter parameter(String name, Exchange exchange) {
        if (!name.startsWith("$")) {
            return (query, body, current) -> value(name, body, current, query);
        }
        Expression expression = exchange.getContext().resolveLanguage("simple").createExpression(name);
        if (SETTING.matcher(name).matches()) {
            Object setting = expression.evaluate(exchange, Object.class);
            return (query, body, current) -> setting;
        }
        return (query, body, current) -> expression.evaluate(current, Object.class);
    }

    private static Object value(String name, Map<?, ?> body, Exchange exchange, String query) {
        return Stream.of(body, exchange.getMessage().getHeaders(), exchange.getVariables()).filter(place -> place.containsKey(name)).findFirst()
            .orElseThrow(() -> new RuntimeExchangeException("There is neither a key of the body, nor a header, nor a variable " + name
                + " for the parameter of: " + query, exchange)).get(name);
    }

    /** @return the names in the order of the text; expressions with their braces, which may be nested */
    private static List<String> names(String query) {
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

    /** Positional parameters, to be set once the statement exists; {@link #createPopulateIterator} does not have it yet. */
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
