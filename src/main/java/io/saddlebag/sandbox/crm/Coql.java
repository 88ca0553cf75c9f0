package io.saddlebag.sandbox.crm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A query of CRM: {@code select id, Product_Code from Products where Product_Code in ('A','B') limit 200}. Conditions are
 * {@code =}, {@code !=}, {@code in}, {@code not in}, {@code is null}, {@code is not null}, {@code like}; more than two are
 * nested in pairs of parentheses. A quote and a backslash in a text are escaped by a backslash.
 *
 * @param named every field that the query names
 */
record Coql(List<String> columns, String module, Predicate<ObjectNode> where, int offset, int limit, List<String> named) {

    /** CRM refuses the query. */
    static final class Refused extends RuntimeException {

        private static final long serialVersionUID = 1L;
        private final String code;

        Refused(String code, String message) {
            super(message);
            this.code = code;
        }

        String code() {
            return code;
        }
    }

    private static final Pattern TOKEN = Pattern.compile("\\s*('(?:\\\\.|[^'\\\\])*'|[\\w.]+|!=|[-(),=])");
    private static final int MOST_VALUES = 50;
    private static final int MOST_ROWS = 2000;
    private static final int USUAL_ROWS = 200;

    /** @throws Refused when CRM would not take the query */
    static Coql read(String text) {
        return new Reader(text).query();
    }

    private static final class Reader {

        private final List<String> tokens = new ArrayList<>();
        private final List<String> named = new ArrayList<>();
        private int next;

        private Reader(String text) {
            Matcher matcher = TOKEN.matcher(text);
            int end = 0;
            while (matcher.lookingAt()) {
                tokens.add(matcher.group(1));
                end = matcher.end();
                matcher.region(end, text.length());
            }
            if (!text.substring(end).isBlank()) {
                throw wrong(text.substring(end).trim());
            }
        }

        private Coql query() {
            expect("select");
            List<String> columns = new ArrayList<>();
            do {
                columns.add(field());
            } while (takes(","));
            expect("from");
            String module = token();
            expect("where");
            Predicate<ObjectNode> where = conditions();
            if (takes("order")) {
                expect("by");
                field();
                next += peek("asc") || peek("desc") ? 1 : 0;
            }
            int offset = 0;
            int limit = USUAL_ROWS;
            if (takes("limit")) {
                limit = number();
                if (takes(",")) {
                    offset = limit;
                    limit = number();
                }
            }
            if (takes("offset")) {
                offset = number();
            }
            if (next < tokens.size()) {
                throw wrong(tokens.get(next));
            }
            if (limit > MOST_ROWS) {
                throw new Refused("LIMIT_EXCEEDED", "the limit is more than " + MOST_ROWS);
            }
            return new Coql(columns, module, where, offset, limit, named);
        }

        /** One condition, or two that one word joins. */
        private Predicate<ObjectNode> conditions() {
            Predicate<ObjectNode> left = condition();
            if (takes("or")) {
                return left.or(condition());
            }
            return takes("and") ? left.and(condition()) : left;
        }

        private Predicate<ObjectNode> condition() {
            if (takes("(")) {
                Predicate<ObjectNode> inner = conditions();
                expect(")");
                return inner;
            }
            String field = field();
            if (takes("is")) {
                boolean not = takes("not");
                expect("null");
                return record -> record.has(field) == not;
            }
            boolean not = takes("not");
            if (takes("in")) {
                List<String> values = values();
                return record -> values.contains(text(record, field)) != not;
            }
            if (takes("like")) {
                String pattern = value().replace("%", "\u0000");
                String regex = Pattern.quote(pattern).replace("\u0000", "\\E.*\\Q");
                return record -> text(record, field).matches(regex) != not;
            }
            boolean differs = takes("!=");
            if (!differs) {
                expect("=");
            }
            String value = value();
            return record -> text(record, field).equals(value) != differs;
        }

        private List<String> values() {
            expect("(");
            List<String> values = new ArrayList<>();
            do {
                values.add(value());
            } while (takes(","));
            expect(")");
            if (values.size() > MOST_VALUES) {
                throw new Refused("LIMIT_EXCEEDED", "an IN takes at most " + MOST_VALUES + " values");
            }
            return values;
        }

        private String value() {
            String token = token();
            return (token.startsWith("'") ? token.substring(1, token.length() - 1).replaceAll("\\\\(.)", "$1") : token)
                    .toLowerCase(Locale.ROOT);
        }

        private String field() {
            String field = token();
            if (!field.matches("\\w+")) {
                throw wrong(field);
            }
            named.add(field);
            return field;
        }

        private int number() {
            String number = token();
            if (!number.matches("\\d{1,8}")) {
                throw wrong(number);
            }
            return Integer.parseInt(number);
        }

        private String token() {
            if (next == tokens.size()) {
                throw wrong("the end of the query");
            }
            return tokens.get(next++);
        }

        private boolean peek(String word) {
            return next < tokens.size() && tokens.get(next).equalsIgnoreCase(word);
        }

        private boolean takes(String word) {
            boolean there = peek(word);
            next += there ? 1 : 0;
            return there;
        }

        private void expect(String word) {
            if (!takes(word)) {
                throw wrong(next < tokens.size() ? tokens.get(next) : "the end of the query");
            }
        }

        private static Refused wrong(String near) {
            return new Refused("SYNTAX_ERROR", "error occurred while parsing the query near " + near);
        }

        private static String text(ObjectNode record, String field) {
            JsonNode value = record.path(field);
            return (value.isObject() ? value.path("id") : value).asText().toLowerCase(Locale.ROOT);
        }
    }
}
