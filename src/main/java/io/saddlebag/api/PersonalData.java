package io.saddlebag.api;

import io.saddlebag.kinds.Kind;
import io.saddlebag.kinds.Kinds;
import io.saddlebag.push.Target;
import io.saddlebag.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
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
    /** An open page requests its data again after each change. All these requests count as one access. */
    private static final long ONE_LOOK = Duration.ofMinutes(10).toNanos();
    private static final int LOOKS = 1000;

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

    /** @return whether the answer shows personal data that this caller did not see shortly before */
    public boolean isToBeNoted(@Header("CamelHttpServletRequest") HttpServletRequest request, @Body String answer, @Variable("entity") String entity,
            @Variable("target") Target target) {
        String address = request == null ? null : request.getRequestURI() + "?" + request.getQueryString();
        if (caller.name(request) == null || entities(answer, entity).isEmpty() && (target == null || !isPersonal(answer))) {
            return false;
        }
        long now = System.nanoTime();
        String look = caller.name(request) + " " + address;
        synchronized (looks) {
            Long before = looks.get(look);
            if (before != null && now - before < ONE_LOOK) {
                return false;
            }
            looks.remove(look);
            looks.put(look, now);
            return true;
        }
    }

    /** @return the variable audit. Its object is the record in the address; for a list, the kinds in the list. */
    public Map<String, Object> view(Exchange exchange, @Body String answer, @Variable("entity") String entity) {
        Map<String, Object> audit = new HashMap<>(Map.of("action", AUDIT_VIEW));
        if (exchange.getFromEndpoint() == null || !exchange.getFromEndpoint().getEndpointUri().matches(".*(\\{|%7B).*")) {
            audit.put("object", entities(answer, entity));
        }
        return audit;
    }

    /** @return the kinds in the answer that have personal data, separated by commas */
    private String entities(String answer, String entity) {
        return Stream.concat(Stream.ofNullable(entity), ENTITY.matcher(answer).results().map((MatchResult found) -> found.group(1)))
            .distinct().filter(kinds::has).filter(name -> isPersonal(kinds.of(name))).sorted().collect(Collectors.joining(", "));
    }

    /** @return whether an answer with records of push targets, which have no kind, has personal data */
    private boolean isPersonal(String answer) {
        String keys = kinds.personalOfAll().stream().map(Pattern::quote).collect(Collectors.joining("|"));
        return Pattern.compile("\"(" + keys + ")\"\\s*+:\\s*+(?!null|\"\"|\\[\\s*]|\\{\\s*})", Pattern.CASE_INSENSITIVE).matcher(answer).find();
    }

    private static boolean isPersonal(Kind kind) {
        return !kind.personal().isEmpty();
    }
}
