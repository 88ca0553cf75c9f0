package io.saddlebag.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;
import org.springframework.web.util.UriComponents;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/**
 * Serves the buttons of all pages. A form is sent to /act followed by an address of the API. This class calls that address and sends the browser back to
 * the page, which shows the result. The fields of a form:
 * <ul>
 * <li>{@code _method}: the method of the call; POST if absent</li>
 * <li>{@code _page}: path of the next page; may contain {@code {runId}} or another member of the answer</li>
 * <li>{@code _back}: the next page if the answer has no such member</li>
 * <li>{@code _org}: the organisation of the page; the next page has the same one, unless its address names another. {@link PageLinks} adds this field</li>
 * <li>{@code _tell}: the page itself (of a check always that of the connections) answers the form, with the API's answer as its attribute {@code told}; for answers that are too long for a cookie</li>
 * <li>{@code _done}: the message after a success, instead of the answer's status; may contain a member of the answer, as {@code _page} may</li>
 * <li>{@code body.name} and {@code body.name.name}: a text in the JSON body; {@code body.name[]}: a list of texts; {@code body.name,}: the same in one
 * field, with commas; {@code body.name?}: true or false; {@code body.name#}: a number; {@code body.name{}}: JSON; of these an empty value is null;
 * {@code body.name~}: a text, left out if empty. Only a password keeps the spaces at its ends</li>
 * <li>{@code _empty}: name of a parameter to send empty</li>
 * <li>{@code _keep}: if the call is refused, the page is sent in answer, with the values of the form as its attribute {@code typed}</li>
 * <li>{@code _none}: what to say if all fields of the body are empty; nothing is called then</li>
 * <li>any other: a parameter of the query, left out if empty</li>
 * </ul>
 */
@Controller
class ConsoleActions {

    private static final String PREFIX = "/act";
    private static final String LOCAL_PATH = "/(?![/\\\\])[\\x21-\\x7E]*";

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{(\\w+)}");

    private final ApiCalls api;
    private final ObjectMapper json = new ObjectMapper();

    ConsoleActions(ApiCalls api) {
        this.api = api;
    }

    @PostMapping(PREFIX + "/api/**")
    View act(HttpServletRequest browser, HttpServletResponse sent, RedirectAttributes flash) {
        Map<String, String[]> fields = new TreeMap<>(browser.getParameterMap());
        String method = first(fields, "_method", "POST");
        String address = browser.getRequestURI().substring(PREFIX.length());
        ApiAnswer answer = fields.containsKey("_none") && isNothingTyped(fields) ? ApiCalls.problem(address, 400, first(fields, "_none", ""))
            : api.call(browser, method, address + query(fields), body(fields));
        String page = first(fields, "_page", "/");
        boolean isFault = Boolean.FALSE.equals(answer.body().get("ok"));
        boolean isCheck = answer.body().get("checks") != null; // the page of connections shows each result
        String message = isFault ? message(answer) : filled(first(fields, "_done", message(answer)), answer.body());
        if (answer.isOk() && (isCheck || fields.containsKey("_tell") && page.matches(LOCAL_PATH))) {
            browser.setAttribute("told", answer.body());
            browser.setAttribute(isFault ? "refused" : "done", message);
            return pageAsAnswer(withOrg(isCheck ? "/connections" : page, fields));
        }
        Object field = answer.body().get("field");
        if (!answer.isOk() && fields.containsKey("_keep") && page.matches(LOCAL_PATH)) {
            browser.setAttribute("typed", typed(fields));
            browser.setAttribute("refused", refused(answer, field));
            browser.setAttribute("field", field);
            sent.setStatus(answer.status());
            return pageAsAnswer(withOrg(page, fields));
        }
        if (answer.isOk()) {
            flash.addFlashAttribute(isFault ? "refused" : "done", message);
            page = filled(page, answer.body());
        } else {
            flash.addFlashAttribute("refused", refused(answer, field));
            if (field != null) {
                flash.addFlashAttribute("field", field);
            }
        }
        page = PLACEHOLDER.matcher(page).find() ? first(fields, "_back", "/") : page;
        return new RedirectView(withOrg(page.matches(LOCAL_PATH) ? page : "/", fields), true);
    }

    private static String withOrg(String page, Map<String, String[]> fields) {
        String org = first(fields, "_org", null);
        return org == null ? page : PageLinks.with(page, "org", org);
    }

    /** @return the page as for a GET request, so without the fields of the form */
    private static View pageAsAnswer(String page) {
        return (model, request, response) -> request.getRequestDispatcher(page).forward(new PageRequest(request, page), response);
    }

    /** @return the text with each name in braces replaced by the answer's member of that name; a name without a member stays */
    private static String filled(String text, JsonObject answer) {
        return PLACEHOLDER.matcher(text).replaceAll(name -> Matcher.quoteReplacement(
            answer.get(name.group(1)) == null ? name.group() : answer.get(name.group(1)).toString()));
    }

    private static boolean isNothingTyped(Map<String, String[]> fields) {
        return fields.entrySet().stream().filter(field -> field.getKey().startsWith("body.")).flatMap(field -> Arrays.stream(field.getValue())).allMatch(String::isBlank);
    }

    /** @return the values of the fields of the body; secrets have to be typed again */
    private static Map<String, String> typed(Map<String, String[]> fields) {
        Map<String, String> typed = new TreeMap<>();
        fields.forEach((name, values) -> {
            if (name.startsWith("body.") && !name.matches("(?i).*(password|secret|token).*")) {
                typed.put(name, values[0]);
            }
        });
        return typed;
    }

    /** @return the detail of the refusal. The name of a field that it begins with is written in words: "Old password" in place of "oldPassword" */
    private static String refused(ApiAnswer answer, Object field) {
        String detail = answer.detail();
        if (field == null || !detail.startsWith(field + ": ")) {
            return detail;
        }
        String words = field.toString().replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1) + detail.substring(field.toString().length());
    }

    private static String message(ApiAnswer answer) {
        JsonObject body = answer.body();
        return body.get("runId") != null ? "Run " + body.get("runId") + " has started" : body.get("runIds") != null ? "Runs have started"
            : body.get("checks") != null ? "The check has ended. It found " + (faults(body).isEmpty() ? "no fault" : faults(body).size() == 1 ? "1 fault" : faults(body).size() + " faults")
            : Boolean.FALSE.equals(body.get("ok")) ? "Ended, and found faults: " + String.join("; ", faults(body))
            : body.get("mutedUntil") != null ? "Muted until " + body.get("mutedUntil") : body.containsKey("mutedUntil") ? "No longer muted"
            : body.get("replayed") != null ? "Replayed " + body.get("replayed") + " of " + body.get("found")
            : body.get("status") != null ? "Done: " + body.get("status") : "Done";
    }

    /** @return the details of the faults that a check found */
    private static List<String> faults(JsonObject body) {
        return body.values().stream().filter(List.class::isInstance).flatMap(list -> ((List<?>) list).stream()).filter(JsonObject.class::isInstance)
            .map(JsonObject.class::cast).filter(one -> Boolean.FALSE.equals(one.get("ok")) && one.get("detail") != null).map(one -> one.get("detail").toString())
            .toList();
    }

    private static String query(Map<String, String[]> fields) {
        UriComponentsBuilder query = UriComponentsBuilder.newInstance();
        fields.forEach((name, values) -> {
            if (!name.startsWith("_") && !name.startsWith("body.") && !values[0].isBlank()) {
                query.queryParam(UriUtils.encode(name, StandardCharsets.UTF_8), UriUtils.encode(values[0].strip(), StandardCharsets.UTF_8));
            }
        });
        if (fields.containsKey("_empty")) {
            query.queryParam(first(fields, "_empty", ""), "");
        }
        return query.build(true).toUriString();
    }

    /** @return the JSON object of the fields for the body; null if the form has none */
    private String body(Map<String, String[]> fields) {
        ObjectNode body = json.createObjectNode();
        fields.forEach((name, values) -> {
            if (name.startsWith("body.")) {
                put(body, name.substring("body.".length()), values);
            }
        });
        return body.isEmpty() ? null : body.toString();
    }

    private void put(ObjectNode into, String name, String[] values) {
        int dot = name.indexOf('.');
        String last = name.replaceAll("\\[]$|\\{}$|[?#,~]$", "");
        String value = values[0].isBlank() ? null : last.toLowerCase(Locale.ROOT).endsWith("password") ? values[0] : values[0].strip();
        if (dot > 0) {
            put(into.withObjectProperty(name.substring(0, dot)), name.substring(dot + 1), values);
        } else if (name.endsWith("[]")) {
            ArrayNode list = into.putArray(last);
            for (String one : values) {
                if (!one.isBlank()) {
                    list.add(one.strip());
                }
            }
        } else if (value == null) {
            if (!name.endsWith("~")) {
                into.putNull(last);
            }
        } else if (name.endsWith(",")) {
            Arrays.stream(value.split(",")).map(String::strip).filter(one -> !one.isEmpty()).forEach(into.putArray(last)::add);
        } else if (name.endsWith("{}")) {
            into.set(last, parsed(value));
        } else if (name.endsWith("?")) {
            into.put(last, Boolean.parseBoolean(value));
        } else if (name.endsWith("#") && value.matches("-?[0-9]{1,18}")) {
            into.put(last, Long.parseLong(value));
        } else {
            into.put(last, value);
        }
    }

    /** @return the JSON; if the text is none, the text itself, so that the API answers what it expects */
    private JsonNode parsed(String text) {
        try {
            return json.readTree(text);
        } catch (JsonProcessingException e) {
            return TextNode.valueOf(text);
        }
    }

    private static String first(Map<String, String[]> fields, String name, String otherwise) {
        String[] values = fields.get(name);
        return values == null || values[0].isBlank() ? otherwise : values[0].strip();
    }

    private static final class PageRequest extends HttpServletRequestWrapper {

        private final String query;
        private final Map<String, String[]> parameters = new LinkedHashMap<>();

        private PageRequest(HttpServletRequest form, String page) {
            super(form);
            UriComponents address = UriComponentsBuilder.fromUriString(page).build();
            query = address.getQuery();
            address.getQueryParams().forEach((name, values) -> parameters.put(name, values.stream()
                .map(value -> value == null ? "" : URLDecoder.decode(value, StandardCharsets.UTF_8)).toArray(String[]::new)));
        }

        @Override
        public String getMethod() {
            return "GET";
        }

        @Override
        public String getQueryString() {
            return query;
        }

        @Override
        public Map<String, String[]> getParameterMap() {
            return parameters;
        }

        @Override
        public String[] getParameterValues(String name) {
            return parameters.get(name);
        }

        @Override
        public String getParameter(String name) {
            return parameters.containsKey(name) ? parameters.get(name)[0] : null;
        }

        @Override
        public Enumeration<String> getParameterNames() {
            return Collections.enumeration(parameters.keySet());
        }
    }
}
