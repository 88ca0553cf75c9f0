package io.saddlebag.zoho;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Variable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jmx.export.annotation.ManagedAttribute;
import org.springframework.jmx.export.annotation.ManagedOperation;
import org.springframework.jmx.export.annotation.ManagedOperationParameter;
import org.springframework.jmx.export.annotation.ManagedResource;
import org.springframework.stereotype.Component;

/**
 * One circuit breaker for each organisation, so that the trouble of one does not stop the others; Camel's own EIP has one breaker for each step of a
 * route. Only failures at Zoho's side open a breaker: transport failures and 5xx. A call that meets an open breaker takes neither a slot nor a token.
 */
@Component("zohoCircuits")
@ManagedResource(objectName = "io.saddlebag:type=ZohoCircuits",
        description = "The circuit breakers of this process, one per organisation")
public class ZohoCircuits {

    /**
     * How often postponed work tries again while a breaker is open. Its pause is the time that a breaker stays open, divided by this number: work is not
     * postponed for the whole time, because an operator may close the breaker earlier.
     */
    private static final int TRIES_WHILE_OPEN = 4;
    /** Follows the organisation in the name of its circuit for Meta. */
    private static final String META = " Meta";

    private final CircuitBreakerRegistry registry;
    private final MeterRegistry meters;
    private final Duration pause;
    private final Map<String, String> lastFaults = new ConcurrentHashMap<>();

    ZohoCircuits(@Value("${zoho.circuit.calls}") int calls, @Value("${zoho.circuit.failure-percent}") float percent,
            @Value("${zoho.circuit.open}") Duration open, MeterRegistry meters) {
        this.meters = meters;
        pause = open.dividedBy(TRIES_WHILE_OPEN);
        registry = CircuitBreakerRegistry.of(CircuitBreakerConfig.custom()
                .slidingWindowSize(calls).minimumNumberOfCalls(calls)
                .failureRateThreshold(percent).waitDurationInOpenState(open)
                .permittedNumberOfCallsInHalfOpenState(1) // a single call tries whether Zoho answers again
                .build());
        TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(registry).bindTo(meters);
    }

    /** Permits one call; {@link #record} must follow. Throws {@link ZohoPausedException} if the breaker is open. */
    public void permit(String org) {
        permit(org, "Zoho", "circuit");
    }

    /** The same for a call to Meta: its failures do not stop calls to Zoho. */
    public void permitMeta(String org) {
        permit(org + META, "Meta", "meta-circuit");
    }

    private void permit(String name, String server, String waitingFor) {
        try {
            registry.circuitBreaker(name).acquirePermission();
        } catch (CallNotPermittedException open) {
            throw new ZohoPausedException("Calls for " + name + " are paused after repeated failures of " + server + ", the last: "
                    + lastFaults.get(name), open, Instant.now().plus(pause), waitingFor);
        }
    }

    /**
     * Counts a call to Meta for its circuit.
     *
     * @param failed whether Meta or the connection to it failed; null if the call was not sent
     * @param fault  the failure, for a person to read
     */
    public void recordMeta(String org, Boolean failed, String fault) {
        CircuitBreaker breaker = registry.circuitBreaker(org + META);
        if (failed == null) {
            breaker.releasePermission();
        } else if (failed) {
            lastFaults.put(org + META, fault);
            breaker.onError(0, TimeUnit.MILLISECONDS, new ZohoUnavailableException(fault));
        } else {
            breaker.onSuccess(0, TimeUnit.MILLISECONDS);
        }
    }

    /**
     * Counts the call for the circuit and, by its outcome, in the metric saddlebag.zoho.calls.
     *
     * @param answer null when the call was not sent
     */
    public void record(@Variable("org") String org, @Variable("answer") ZohoAnswer answer) {
        CircuitBreaker breaker = registry.circuitBreaker(org);
        if (answer == null) {
            breaker.releasePermission();
            return;
        }
        meters.counter("saddlebag.zoho.calls", "org", org, "outcome", answer.outcome()).increment();
        if (answer.fault() != null || answer.meaning() == AnswerMeaning.FAILURE) {
            lastFaults.put(org, answer.fault() == null ? "status " + answer.status() : answer.fault());
            breaker.onError(0, TimeUnit.MILLISECONDS, new ZohoUnavailableException(lastFaults.get(org)));
        } else {
            breaker.onSuccess(0, TimeUnit.MILLISECONDS);
        }
    }

    /** @return of the organisation's calls to Zoho: CLOSED, OPEN or HALF_OPEN */
    public String state(String org) {
        return registry.circuitBreaker(org).getState().name();
    }

    /** @return whether calls of the organisation to Meta are held back */
    public boolean isOpenForMeta(String org) {
        return open().contains(org + META);
    }

    /** @return the names of the open circuits: organisations, and for calls to Meta the organisation with Meta behind it */
    public List<String> open() {
        return registry.getAllCircuitBreakers().stream().filter(circuit -> circuit.getState() == CircuitBreaker.State.OPEN).map(CircuitBreaker::getName).sorted().toList();
    }

    @ManagedAttribute(description = "Each organisation that was called, its circuit, and why it is not closed")
    public String[] getStates() {
        return registry.getAllCircuitBreakers().stream().map(CircuitBreaker::getName).sorted()
                .map(org -> org + " " + state(org) + (state(org).equals("CLOSED") ? "" : ": " + lastFaults.get(org)))
                .toArray(String[]::new);
    }

    @ManagedOperation(description = "Let calls of an organisation, to Zoho or to Meta, through again at once")
    @ManagedOperationParameter(name = "org", description = "The name of the circuit: Zoho's id of the organisation, or for calls to Meta this id, a space and Meta")
    public void close(String org) {
        registry.find(org).orElseThrow(() -> new IllegalArgumentException("No call was made yet for " + org))
                .transitionToClosedState();
        lastFaults.remove(org);
    }
}
