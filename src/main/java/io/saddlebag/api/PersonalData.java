package io.saddlebag.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.saddlebag.kinds.Kinds;
import io.saddlebag.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/** Decides who sees personal data, and which accesses to them get a row in the audit. */
@Component("personalData")
public class PersonalData {

    private static final String AUDIT_VIEW = "record.view";
    private static final Pattern ENTITY = Pattern.compile("\"entity\"\\s*:\\s*\"([a-z0-9-]+)\"");
    /** A value of a personal key, also in the text of a payload; a change of a personal column; a payload that is no JSON; an error that quotes. %1$s: the keys */
    private static final String SHOWN = "\"(?:source\\.)?(%1$s)\\\\*+\"\\s*+:\\s*+(?!null|(?<escape>\\\\*+)\"\\k<escape>\"|\\[\\s*+]|\\{\\s*+})"
        + "|\"column\"\\s*+:\\s*+\"(?:source\\.)?(%1$s)\"|\"payload\"\\s*+:\\s*+\"(?![\\s\\[{])"
        + "|\"(?:error|errorText|meaning|summary)\"\\s*+:\\s*+\"[^\"\\\\]*+(?:\\\\[^\"][^\"\\\\]*+)*+\\\\\"";
    /** An open page requests its data again after each change. All these requests count as one access. */
    private static final long ONE_LOOK = Duration.ofMinutes(10).toNanos();
    private static final int LOOKS = 1000;

    private final ObjectMapper json = new ObjectMapper();
    private final Kinds kinds;
    private final Caller caller;
    private final Map<String, Long> looks = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > LOOKS;
        }
    };

    PersonalData(Kinds kinds, Caller caller) {
        this.kinds = kinds;
        this.caller = caller;
    }

    /** @return whether personal data are masked for the caller, as for all callers but operators and admins */
    public boolean isMasked(@Header("CamelHttpServletRequest") HttpServletRequest request) {
        String role = caller.role(request);
        return !"operator".equals(role) && !"admin".equals(role);
    }

    public boolean isViewer(@Header("CamelHttpServletRequest") HttpServletRequest request) {
        return "viewer".equals(caller.role(request));
    }

    /** @return the JSON without what its texts quote, which may be personal: all from the first quotation mark of a text to its last, or to its end, is replaced */
    public String withoutQuotes(@Body String answer) throws JsonProcessingException {
        return withoutQuotes(json.readTree(answer)).toString();
    }

    private JsonNode withoutQuotes(JsonNode value) {
        if (value instanceof ObjectNode object) {
            object.properties().forEach(member -> member.setValue(withoutQuotes(member.getValue())));
        } else if (value instanceof ArrayNode list) {
            for (int n = 0; n < list.size(); n++) {
                list.set(n, withoutQuotes(list.get(n)));
            }
        } else if (value.isTextual()) {
            return TextNode.valueOf(maskedQuotes(value.textValue()));
        }
        return value;
    }

    /** As masked_quotes in the database. */
    private static String maskedQuotes(String text) {
        boolean isCut = text.chars().filter(character -> character == '"').count() % 2 != 0;
        int first = text.indexOf('"');
        return first < 0 ? text : text.substring(0, first) + "\"…\"" + (isCut ? "" : text.substring(text.lastIndexOf('"') + 1));
    }

    /** @return whether the answer shows personal data that this caller did not see shortly before */
    public boolean isToBeNoted(@Header("CamelHttpServletRequest") HttpServletRequest request, @Body String answer, @Variable("entity") String entity) {
        if (caller.name(request) == null || !isPersonal(answer, entity)) {
            return false;
        }
        synchronized (looks) {
            Long before = looks.get(look(request));
            return before == null || System.nanoTime() - before >= ONE_LOOK;
        }
    }

    /** Remembers the access. Called after its row is in the audit: if the row cannot be written, the next attempt needs one too. */
    public void noted(@Header("CamelHttpServletRequest") HttpServletRequest request) {
        synchronized (looks) {
            looks.remove(look(request));
            looks.put(look(request), System.nanoTime());
        }
    }

    private String look(HttpServletRequest request) {
        return caller.name(request) + " " + request.getRequestURI() + "?" + request.getQueryString();
    }

    /** @return the variable audit. Its object is the kinds in the answer; for an address with a parameter in its path, AuditEntry takes that parameter as the object */
    public Map<String, Object> view(Exchange exchange, @Body String answer, @Variable("entity") String entity) {
        Map<String, Object> audit = new HashMap<>(Map.of("action", AUDIT_VIEW));
        if (exchange.getFromEndpoint() == null || !exchange.getFromEndpoint().getEndpointUri().matches(".*(\\{|%7B).*")) {
            String named = entities(answer, entity).filter(kinds::has).sorted().collect(Collectors.joining(", "));
            audit.put("object", named.isEmpty() ? null : named);
        }
        return audit;
    }

    /** @return the kinds and push targets in the answer */
    private static Stream<String> entities(String answer, String entity) {
        return Stream.concat(Stream.ofNullable(entity), ENTITY.matcher(answer).results().map((MatchResult found) -> found.group(1))).distinct();
    }

    /** @return whether the answer shows what the function masked hides from viewers */
    private boolean isPersonal(String answer, String entity) {
        Set<String> keys = new TreeSet<>();
        List<String> names = entities(answer, entity).toList();
        names.stream().filter(kinds::has).map(kinds::of).forEach(kind -> {
            keys.addAll(kinds.personalOf(kind));
            if (kinds.isLabelPersonal(kind)) {
                keys.add("label");
            }
        });
        if (names.isEmpty() || !names.stream().allMatch(kinds::has)) {
            keys.addAll(kinds.personalOfAll());
        }
        String anyKey = keys.stream().map(Pattern::quote).collect(Collectors.joining("|")) + (keys.contains("custom_fields") ? "|cf_[^\"\\\\]*" : "");
        return Pattern.compile(String.format(SHOWN, anyKey), Pattern.CASE_INSENSITIVE).matcher(answer).find();
    }
}
