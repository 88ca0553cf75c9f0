package io.saddlebag.zoho;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** The calls of this process that are not sent yet, each with the start of its wait and what it waits for. */
@Component("waitingCalls")
public class WaitingCalls {

    /**
     * @param purpose pull, webhook, push or check
     * @param since when it began to wait
     * @param waitingFor {@code slot} before the ledger was asked; what zoho_take_slot says; {@code token}
     */
    public record Call(String org, String purpose, Instant since, String waitingFor) {
    }

    private final Map<String, Call> calls = new ConcurrentHashMap<>();
    private final InstantSource clock;

    @Autowired
    WaitingCalls() {
        this(InstantSource.system());
    }

    WaitingCalls(InstantSource clock) {
        this.clock = clock;
    }

    /** Adds a call, which waits until it may ask for a slot. */
    public void add(Exchange call) {
        calls.put(call.getExchangeId(), new Call(call.getVariable("org", String.class), call.getVariable("purpose", String.class),
            clock.instant(), "slot"));
    }

    void waitFor(String exchangeId, String what) {
        calls.computeIfPresent(exchangeId, (id, known) -> new Call(known.org(), known.purpose(), known.since(), what));
    }

    /** Removes a call that is sent or given up. */
    public void remove(Exchange call) {
        calls.remove(call.getExchangeId());
    }

    /** @return for each organisation with a waiting call the seconds of the one that waits longest, as JSON: {@code {"600": 12}} */
    public String seconds() {
        ObjectNode seconds = JsonNodeFactory.instance.objectNode();
        calls.values().stream().map(Call::org).distinct().forEach(org ->
            oldest(org).ifPresent(call -> seconds.put(org, Duration.between(call.since(), clock.instant()).toSeconds())));
        return seconds.toString();
    }

    /** @return for each organisation the call that has waited longest, if that is more than a minute, as JSON */
    public ObjectNode waitingLong() {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        calls.values().stream().map(Call::org).distinct().flatMap(org -> oldest(org).stream()).filter(call -> call.since().isBefore(clock.instant().minusSeconds(60)))
            .forEach(call -> all.putObject(call.org()).put("purpose", call.purpose()).put("since", call.since().toString()).put("for", call.waitingFor()));
        return all;
    }

    /** @return the call of the organisation that has waited longest */
    public Optional<Call> oldest(String org) {
        return calls.values().stream().filter(call -> org.equals(call.org())).min(Comparator.comparing(Call::since));
    }
}
