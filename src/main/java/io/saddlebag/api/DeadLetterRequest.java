package io.saddlebag.api;

import io.saddlebag.kinds.Kinds;
import io.saddlebag.problem.ApiException;
import io.saddlebag.problem.RequestParameter;
import io.saddlebag.push.Targets;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/** Reads requests about dead letters into variables, and refuses invalid ones. */
@Component("deadLetterRequest")
public class DeadLetterRequest {

    private static final Set<String> SOURCES = Set.of("pull", "webhook", "push");
    private static final int MOST = 500;

    private final ApiRequest requests;
    private final Kinds kinds;
    private final Targets targets;
    private final PushRecordRequest pushes;

    DeadLetterRequest(ApiRequest requests, Kinds kinds, Targets targets, PushRecordRequest pushes) {
        this.pushes = pushes;
        this.requests = requests;
        this.kinds = kinds;
        this.targets = targets;
    }

    /** @return entity, source, error, since and before, each null if absent */
    public Map<String, Object> filter(Exchange exchange) {
        Message request = exchange.getMessage();
        String entity = request.getHeader("entity", String.class);
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("entity", entity == null ? null : requests.kindOrTarget(entity));
        parameters.put("source", RequestParameter.oneOf(request, "source", null, SOURCES));
        parameters.put("error", requests.text(request.getHeader("error", String.class)));
        parameters.put("since", time(request, "from"));
        parameters.put("before", time(request, "to"));
        return parameters;
    }

    /** After {@link #filter}: 400 without any condition, because letters whose cause is not fixed would fail again. */
    public void refuseAll(@Variable("request") Map<String, Object> filter) {
        if (filter.values().stream().allMatch(Objects::isNull)) {
            throw new ApiException(400, "Give at least one of entity, source, error (how it begins), from, to (when it failed last)", Map.of());
        }
    }

    /** After {@link #filter}: adds limit. */
    public void limit(Exchange exchange, @Variable("request") Map<String, Object> filter) {
        Message request = exchange.getMessage();
        String limit = request.getHeader("limit", "50", String.class);
        if (!limit.matches("[0-9]{1,3}") || Integer.parseInt(limit) < 1 || Integer.parseInt(limit) > MOST) {
            throw new ApiException(400, "limit must be a number from 1 to " + MOST, Map.of());
        }
        filter.put("limit", Integer.valueOf(limit));
    }

    private static OffsetDateTime time(Message request, String parameter) {
        String text = request.getHeader(parameter, String.class);
        try {
            return text == null ? null : OffsetDateTime.parse(text);
        } catch (DateTimeParseException e) {
            throw new ApiException(400, parameter + " must be a time like 2026-07-01T12:00:00Z", Map.of());
        }
    }

    /** Sets id. */
    public void letter(Exchange exchange) {
        String id = exchange.getMessage().getHeader("id", String.class);
        if (!id.matches("[0-9]{1,18}")) {
            throw noSuchLetter(id);
        }
        exchange.setVariable("id", Long.valueOf(id));
    }

    /**
     * After the replay's statement (body: its row, null for no such letter). Sets eventId if the inbox has the event again,
     * target and key if the letter is about a record to push, else org, entity and zohoId of the record to fetch.
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

    /** 404 if no row was deleted. */
    public void deleted(Long id, Integer rows) {
        if (rows == 0) {
            throw noSuchLetter(id);
        }
    }

    private static ApiException noSuchLetter(Object id) {
        return new ApiException(404, "There is no dead letter " + id, Map.of());
    }
}
