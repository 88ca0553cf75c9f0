package io.saddlebag.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.common.SecretCipher;
import io.saddlebag.kinds.Kinds;
import io.saddlebag.problem.ApiException;
import io.saddlebag.problem.RequestParameter;
import io.saddlebag.push.Targets;
import jakarta.servlet.http.HttpServletRequest;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/** Reads requests about dead letters into variables, and refuses invalid ones. */
@Component("deadLetterRequest")
public class DeadLetterRequest {

    private static final Set<String> SOURCES = Set.of("pull", "webhook", "push");
    private static final int MAX_LIMIT = 500;
    private static final int FAILED_ON_A_PAGE = 50;
    private static final Pattern PLACE_OF_FAILED = Pattern.compile("(inbox|push):([0-9]{1,18})");
    /** The letters of each replay are counted, which takes longer than reading a row. */
    private static final int MAX_REPLAYS = 100;
    private static final Pattern PLACE = Pattern.compile("(?:([^,]*),)?([0-9]{1,18})");

    /** Binds the ciphertext of a next page to this list. */
    private static final String NEXT_GROUP = "dead-letters/groups/next";

    private final ApiRequest requests;
    private final Kinds kinds;
    private final Targets targets;
    private final PushRecordRequest pushes;
    private final PersonalData personal;
    private final SecretCipher cipher;
    private final ObjectMapper json = new ObjectMapper();

    DeadLetterRequest(ApiRequest requests, Kinds kinds, Targets targets, PushRecordRequest pushes, PersonalData personal, SecretCipher cipher) {
        this.cipher = cipher;
        this.personal = personal;
        this.pushes = pushes;
        this.requests = requests;
        this.kinds = kinds;
        this.targets = targets;
    }

    /** @return a map with entity, source, reason, error, since and before; null for what the request does not give */
    public Map<String, Object> filter(Exchange exchange) {
        Message request = exchange.getMessage();
        String entity = request.getHeader("entity", String.class);
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("entity", entity == null ? null : requests.kindOrTarget(entity));
        parameters.put("source", RequestParameter.oneOf(request, "source", null, SOURCES));
        parameters.put("reason", requests.text(request.getHeader("reason", String.class)));
        parameters.put("error", requests.text(request.getHeader("error", String.class)));
        parameters.put("since", time(request, "from"));
        parameters.put("before", time(request, "to"));
        return parameters;
    }

    /** @throws ApiException 400 if the filter has no condition, because letters whose cause is not corrected would fail again */
    public void refuseAll(@Variable("request") Map<String, Object> filter) {
        if (filter.values().stream().allMatch(Objects::isNull)) {
            throw new ApiException(400, "Give at least one of entity, source, reason, error (how it begins), from, to (when it failed last)", Map.of());
        }
    }

    /** Adds run, limit, payloads, beforeTime and beforeId to the filter. A place in a list by reason is an id, in any other list a time and an id. */
    public void limit(Exchange exchange, @Variable("request") Map<String, Object> filter) {
        Message request = exchange.getMessage();
        filter.put("run", request.getHeader("run") == null ? null : RequestParameter.number(request, "run", 0, Long.MAX_VALUE));
        filter.put("limit", ListExport.limit(request, 50, MAX_LIMIT));
        filter.put("payloads", !ListExport.isAsked(request) && (request.getHeader("payloads") == null || RequestParameter.flag(request, "payloads")));
        place(filter, request.getHeader("before", String.class));
        if (filter.get("error") instanceof String error && error.contains("\"") && personal.isMasked(request.getHeader("CamelHttpServletRequest", HttpServletRequest.class))) {
            throw new ApiException(403, "error must have no quotation mark: a viewer must not find out what errors quote", Map.of());
        }
        if (filter.get("reason") != null && (filter.get("source") == null || filter.get("entity") == null || filter.get("run") != null)) {
            throw new ApiException(400, "Give source and entity too, and no run: a list by reason shows one group of GET /api/dead-letters/groups", Map.of());
        }
    }

    private static void place(Map<String, Object> filter, String before) {
        Matcher place = PLACE.matcher(before == null ? "" : before);
        if (before != null && (!place.matches() || (place.group(1) == null) == (filter.get("reason") == null))) {
            throw new ApiException(400, "before must be the next of an answer to the same request", Map.of());
        }
        filter.put("beforeTime", before == null || place.group(1) == null ? null : time(place.group(1), "before"));
        filter.put("beforeId", before == null ? null : Long.valueOf(place.group(2)));
    }

    /** Adds the place in the list of groups to the filter: afterSource, afterEntity and afterReason. */
    public void groups(Exchange exchange, @Variable("request") Map<String, Object> filter) {
        String after = requests.text(exchange.getMessage().getHeader("after", String.class));
        String[] place = after == null ? new String[3] : readable(after).split(" ", 3);
        filter.put("afterSource", place[0]);
        filter.put("afterEntity", place[1]);
        filter.put("afterReason", place[2]);
    }

    private String readable(String next) {
        try {
            return cipher.decrypt(Base64.getUrlDecoder().decode(next), NEXT_GROUP);
        } catch (RuntimeException e) { // it is no base64, or was not encrypted here
            throw new ApiException(400, "after must be the next of an answer to the same request", Map.of());
        }
    }

    /**
     * Encrypts the place of the next page. It has the reason of a group, and of that a viewer must not see what it quotes.
     *
     * @param groups the answer of api-dead-letter-groups.sql
     */
    public String withHiddenNext(@Body String groups) throws JsonProcessingException {
        ObjectNode answer = (ObjectNode) json.readTree(groups);
        if (answer.hasNonNull("next")) {
            answer.put("next", Base64.getUrlEncoder().withoutPadding().encodeToString(cipher.encrypt(answer.get("next").asText(), NEXT_GROUP)));
        }
        return answer.toString();
    }

    /** @return a map with before and limit of the list of replays */
    public Map<String, Object> replays(Exchange exchange) {
        Message request = exchange.getMessage();
        return Map.of("before", RequestParameter.number(request, "before", Long.MAX_VALUE, Long.MAX_VALUE),
            "limit", RequestParameter.number(request, "limit", 20, MAX_REPLAYS));
    }

    /** @return a map with limit, afterInbox and afterPush: the letters of the inbox that failed again come first, in the order of their events, then those of pushes */
    public Map<String, Object> failed(Exchange exchange) {
        Message request = exchange.getMessage();
        String after = request.getHeader("after", "inbox:0", String.class);
        Matcher place = PLACE_OF_FAILED.matcher(after);
        if (!place.matches()) {
            throw new ApiException(400, "after must be the next of an answer to the same request", Map.of());
        }
        Long id = Long.valueOf(place.group(2));
        boolean push = place.group(1).equals("push");
        return Map.of("limit", ListExport.limit(request, FAILED_ON_A_PAGE, MAX_LIMIT), "afterInbox", push ? Long.MAX_VALUE : id, "afterPush", push ? id : 0L);
    }

    /**
     * @return null if absent
     * @throws ApiException 400 if the parameter is not a time
     */
    static OffsetDateTime time(Message request, String parameter) {
        return time(request.getHeader(parameter, String.class), parameter);
    }

    private static OffsetDateTime time(String text, String parameter) {
        try {
            return text == null ? null : OffsetDateTime.parse(text);
        } catch (DateTimeParseException e) {
            throw new ApiException(400, parameter + " must be a time like 2026-07-01T12:00:00Z", Map.of());
        }
    }

    /** Sets the variable id. */
    public void letter(Exchange exchange) {
        String id = exchange.getMessage().getHeader("id", String.class);
        if (!id.matches("[0-9]{1,18}")) {
            throw noSuchLetter(id);
        }
        exchange.setVariable("id", Long.valueOf(id));
    }

    /**
     * In: the row of the replay's statement as body, null if there is no such letter. Sets the variables org, entity and zohoId; eventId, which is null unless the
     * event is back in the inbox; and target and key if the letter concerns a record of a push.
     *
     * @throws ApiException 409 if the letter names no record that can be fetched or pushed
     */
    public void replayed(Exchange exchange) {
        Map<?, ?> letter = exchange.getMessage().getBody(Map.class);
        if (letter == null) {
            throw noSuchLetter(exchange.getVariable("id"));
        }
        exchange.setVariable("eventId", letter.get("event_id"));
        exchange.setVariable("org", letter.get("org"));
        exchange.setVariable("entity", letter.get("entity"));
        exchange.setVariable("zohoId", letter.get("zoho_id"));
        if ("push".equals(letter.get("source"))) {
            pushed(exchange, (String) letter.get("entity"), (String) letter.get("zoho_id"));
            return;
        }
        if (letter.get("event_id") == null && (letter.get("zoho_id") == null || !kinds.has((String) letter.get("entity")))) {
            throw new ApiException(409, "This dead letter (" + letter.get("entity") + ", from a " + ("pull".equals(letter.get("source")) ? "run" : "webhook")
                + ") names no record that can be fetched from Zoho. Correct the cause, then DELETE it", Map.of());
        }
    }

    private void pushed(Exchange exchange, String target, String key) {
        if (!targets.has(target)) {
            throw new ApiException(409, "This dead letter is about the push target " + target + ", which no longer exists. DELETE it, or bring the target back", Map.of());
        }
        pushes.about(exchange, targets.of(target), key);
    }

    /**
     * @return the letter
     * @throws ApiException 404 if the letter does not exist
     */
    public String found(Long id, String letter) {
        if (letter == null) {
            throw noSuchLetter(id);
        }
        return letter;
    }

    /**
     * @return the replay
     * @throws ApiException 404 if the replay does not exist
     */
    public String foundReplay(Long id, String replay) {
        if (replay == null) {
            throw noSuchReplay(id);
        }
        return replay;
    }

    /**
     * Sets the variable org. In: the row of the cancellation as body.
     *
     * @throws ApiException 404 if there is no such replay, 409 if it cannot be cancelled
     */
    public void cancelled(Exchange exchange) {
        Object id = exchange.getVariable("id");
        Map<?, ?> replay = exchange.getMessage().getBody(Map.class);
        if (replay == null) {
            throw noSuchReplay(id);
        }
        exchange.setVariable("org", replay.get("org"));
        if (((Number) replay.get("cancelled")).intValue() == 0) {
            throw new ApiException(409, "replay".equals(replay.get("action")) ? "Replay " + id + " cannot be cancelled: its letters are processed like webhooks already"
                : "The letters are forgotten already", Map.of());
        }
    }

    /**
     * Sets the variable org. In: the deleted row as body, null if there is no such letter.
     *
     * @throws ApiException 404 if the letter does not exist
     */
    public void deleted(Exchange exchange) {
        Map<?, ?> letter = exchange.getMessage().getBody(Map.class);
        if (letter == null) {
            throw noSuchLetter(exchange.getVariable("id"));
        }
        exchange.setVariable("org", letter.get("org_id"));
    }

    private static ApiException noSuchReplay(Object id) {
        return new ApiException(404, "There is no replay " + id, Map.of());
    }

    private static ApiException noSuchLetter(Object id) {
        return new ApiException(404, "There is no dead letter " + id, Map.of());
    }
}
