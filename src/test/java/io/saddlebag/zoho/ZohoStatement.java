package io.saddlebag.zoho;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A statement of routes/zoho for JDBC, so that tests run the Zoho client's own.
 *
 * @param jdbc       with a question mark for each parameter
 * @param parameters their names in order, without variable. and properties:
 */
public record ZohoStatement(String jdbc, List<String> parameters) {

    private static final Pattern PARAMETER = Pattern.compile(":#\\$\\{(?:variable\\.(?:answer\\.(?:limits\\.)?)?|properties:)(.+?)}");
    private static final Pattern COMMENT = Pattern.compile("(?m)^\\s*--.*$");

    public static ZohoStatement of(String file) {
        try {
            String text = COMMENT.matcher(Files.readString(Path.of("routes/zoho", file))).replaceAll("");
            List<String> parameters = new ArrayList<>();
            String jdbc = PARAMETER.matcher(text).replaceAll(found -> {
                parameters.add(found.group(1));
                return Matcher.quoteReplacement("?");
            });
            return new ZohoStatement(jdbc, parameters);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What goes in the place of the question marks; null where the name is missing. */
    public Object[] values(Map<String, ?> byName) {
        return parameters.stream().map(byName::get).toArray();
    }
}
