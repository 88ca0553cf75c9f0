package io.saddlebag.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.problem.ApiException;
import io.saddlebag.problem.RequestParameter;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/** Turns the answer of a list into CSV (RFC 4180) or NDJSON if the Accept header asks for that. */
@Component("listExport")
public class ListExport {

    /** Most rows of one answer, because the answer is in memory before it is sent. The header Link names the next page. */
    private static final int MAX_ROWS = 1000;

    private static final String CSV = "text/csv";
    private static final String NDJSON = "application/x-ndjson";
    /** Spaces and quotation marks before a formula count as well. */
    private static final Pattern FORMULA = Pattern.compile("((?:^|[;\\t\\r\\n])[ \\u00a0\"]*)([=+@-])");
    /** Attribute of a request that collects several pages into one file, so that the audit gets one row. */
    private static final String NOTED = ListExport.class.getName();

    private final ObjectMapper json = new ObjectMapper();

    /** @return whether a request asks for CSV or NDJSON */
    public static boolean isAsked(Message request) {
        String accept = request.getHeader("Accept", "", String.class);
        return accept.contains(CSV) || accept.contains(NDJSON);
    }

    /** @return the parameter limit; for JSON {@code otherwise} by default and at most {@code most}; for CSV and NDJSON 1,000 */
    static long limit(Message request, int otherwise, int most) {
        return isAsked(request) ? RequestParameter.number(request, "limit", MAX_ROWS, MAX_ROWS) : RequestParameter.number(request, "limit", otherwise, most);
    }

    /** @return how many rows an answer has of a list without pages: all that fit into a file, fewer in JSON */
    static int rows(Message request, int inJson) {
        return isAsked(request) ? MAX_ROWS : inJson;
    }

    /** @return whether this is the first page of a file. The console collects all pages in one request of the browser. */
    public boolean isToBeNoted(@Header("CamelHttpServletRequest") HttpServletRequest request) {
        boolean first = request.getAttribute(NOTED) == null;
        request.setAttribute(NOTED, true);
        return first;
    }

    /** @return the variable audit, with the list as its object */
    public Map<String, Object> audit(@Header(Exchange.HTTP_PATH) String path) {
        return Map.of("action", "export", "object", path.replaceFirst("^/api/", ""));
    }

    /**
     * Turns an answer of the API into a file, CSV or one JSON object a line. In:
     * <ul>
     * <li>the answer as body: a JSON object with one array of rows or several. Its key {@code next} holds the value that asks for the next page; null after the last</li>
     * <li>the variable list: the name of each array with its columns, such as {@code runs: id,status}, or {@code answers: status,calls; runs: id,status}</li>
     * <li>the variable nextAs: the name of the query parameter that takes the value of {@code next}; null: before</li>
     * <li>the query parameter list: which of the arrays the file has; without it the first</li>
     * </ul>
     * Sets the variables contentType and link, the header that leads to the next page.
     *
     * @return the rows as text
     * @throws ApiException 400 if there is no such list
     */
    public String of(Exchange exchange) throws JsonProcessingException {
        Message message = exchange.getMessage();
        JsonNode answer = json.readTree(message.getBody(String.class));
        Map.Entry<String, List<String>> list = chosen(exchange.getVariable("list", String.class), message.getHeader("list", String.class));
        List<String> columns = list.getValue();
        boolean csv = message.getHeader("Accept", "", String.class).contains(CSV);
        exchange.setVariable("contentType", csv ? CSV + ";charset=UTF-8" : NDJSON);
        if (answer.hasNonNull("next")) {
            exchange.setVariable("link", "<" + UriComponentsBuilder.fromPath(message.getHeader(Exchange.HTTP_PATH, String.class))
                .query(message.getHeader(Exchange.HTTP_QUERY, String.class))
                .replaceQueryParam(exchange.getVariable("nextAs", "before", String.class), UriUtils.encode(answer.get("next").asText(), StandardCharsets.UTF_8)).build()
                + ">; rel=\"next\"");
        }
        StringBuilder text = new StringBuilder();
        if (csv) {
            line(text, columns, Function.identity());
        }
        for (JsonNode row : rows(answer, list.getKey())) {
            if (csv) {
                line(text, columns, column -> text(row.path(column)));
            } else {
                text.append(row).append('\n');
            }
        }
        return text.toString();
    }

    private static Map.Entry<String, List<String>> chosen(String lists, String name) {
        Map<String, List<String>> columns = new LinkedHashMap<>();
        for (String list : lists.split("; ")) {
            columns.put(list.replaceFirst(":.*", ""), List.of(list.replaceFirst(".*: ", "").split(",")));
        }
        return columns.entrySet().stream().filter(list -> name == null || list.getKey().equals(name)).findFirst()
            .orElseThrow(() -> new ApiException(400, "list must be one of " + String.join(", ", columns.keySet()), Map.of()));
    }

    /** @return the rows of a list. A list inside the rows of another one, such as organisations.kinds, is one list; each row begins with the texts and numbers of its outer row */
    private Iterable<JsonNode> rows(JsonNode answer, String list) {
        String[] path = list.split("\\.");
        if (path.length == 1) {
            return answer.withArray(list);
        }
        List<JsonNode> rows = new ArrayList<>();
        for (JsonNode outer : answer.withArray(path[0])) {
            for (JsonNode inner : outer.withArray(path[1])) {
                ObjectNode row = json.createObjectNode();
                outer.fields().forEachRemaining(field -> {
                    if (field.getValue().isValueNode()) {
                        row.set(field.getKey(), field.getValue());
                    }
                });
                rows.add(row.setAll((ObjectNode) inner));
            }
        }
        return rows;
    }

    private static void line(StringBuilder text, List<String> columns, Function<String, String> values) {
        text.append(columns.stream().map(values).map(ListExport::cell).collect(Collectors.joining(","))).append("\r\n");
    }

    private static String text(JsonNode value) {
        return value.isNull() ? "" : value.isContainerNode() ? value.toString() : value.asText();
    }

    /**
     * A spreadsheet evaluates a cell that begins like a formula, so an apostrophe is put before such a beginning. It is also put after a semicolon or a tab inside a
     * value, because a spreadsheet may be set to separate cells there.
     */
    private static String cell(String value) {
        String safe = value.matches("-?[0-9.]+") ? value : FORMULA.matcher(value).replaceAll("$1'$2").replaceFirst("^[\\t\\r\\n]", "'$0");
        return safe.matches("(?s).*[\",;\\r\\n].*") ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
    }
}
