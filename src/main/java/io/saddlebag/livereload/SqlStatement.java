package io.saddlebag.livereload;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of an SQL file as JDBC takes it, line for line: camel-sql's parameters ({@code :?name}, {@code :#name},
 * {@code :#${simple}}, {@code :#in:name}) are question marks, and the lines that camel-sql drops are empty.
 */
record SqlStatement(String jdbc) {

    private static final Pattern DROPPED_LINE = Pattern.compile("(?m)^[ \\t]*--.*$");
    private static final Pattern NAMED = Pattern.compile(":[?#](in:)?(\\$(simple)?(?=\\{)|\\w+)");

    static SqlStatement of(String file) {
        String text = DROPPED_LINE.matcher(file).replaceAll("");
        StringBuilder jdbc = new StringBuilder();
        Matcher parameter = NAMED.matcher(text);
        int done = 0;
        while (parameter.find(done)) {
            jdbc.append(text, done, parameter.start()).append('?');
            boolean expression = parameter.end() < text.length() && text.charAt(parameter.end()) == '{';
            done = expression ? closingBrace(text, parameter.end()) : parameter.end();
        }
        return new SqlStatement(jdbc.append(text, done, text.length()).toString());
    }

    /**
     * @param position as PostgreSQL counts: characters of the statement it was sent, in which {@code ?} had become {@code $1},
     *                 {@code $2} and so on; the first is 1
     */
    int line(int position) {
        int line = 1;
        int sent = 0;
        int parameters = 0;
        for (int i = 0; i < jdbc.length(); i++) {
            char c = jdbc.charAt(i);
            sent += c == '?' ? ("$" + ++parameters).length() : 1;
            if (sent >= position) {
                return line;
            }
            if (c == '\n') {
                line++;
            }
        }
        return line;
    }

    private static int closingBrace(String text, int open) {
        int depth = 0;
        for (int i = open; i < text.length(); i++) {
            depth += text.charAt(i) == '{' ? 1 : text.charAt(i) == '}' ? -1 : 0;
            if (depth == 0) {
                return i + 1;
            }
        }
        return text.length();
    }
}
