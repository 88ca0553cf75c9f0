package io.saddlebag.sandbox;

import io.saddlebag.sandbox.accounts.Client;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.sandbox.limits.Limits.Day;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.Request;
import java.util.Objects;
import java.util.function.Function;

/**
 * A call on its way through the route.
 *
 * @param request      what the client sent
 * @param to           the part of the sandbox that the call is for
 * @param handler      makes the answer of a call that is let in
 * @param refusal      the answer of a call that is not let in; null when the call is let in
 * @param at           when the call arrived, in milliseconds since 1970; 0 for calls that are not counted
 * @param organisation for which the call counts; null for none
 * @param client       whose token the call carries; null for nobody's
 * @param admitted     whether the call holds a place among the calls in flight
 * @param latencyMs    how long the answer is held back, in milliseconds
 * @param fault        what else goes wrong; null when nothing does
 * @param day          the daily quota for the answer's headers; null where there are none
 */
public record Call(Request request, To to, Function<Call, Answer> handler, Answer refusal, long at, String organisation,
                   Client client, boolean admitted, long latencyMs, Fault fault, Day day) {

    /** The parts of the sandbox: Zoho's two servers, and what no Zoho has. */
    enum To { API, ACCOUNTS, CONTROL }

    /** A call that is not counted, and that no fault and no limit meets: the control API, or too long a body. */
    static Call uncounted(Request request, Function<Call, Answer> handler, Answer refusal) {
        return new Call(request, To.CONTROL, handler, refusal, 0, null, null, false, 0, null, null);
    }

    /** Without the request's body: Camel asks for the hash whenever a route reads a property. */
    @Override
    public int hashCode() {
        return Objects.hash(to, organisation, at);
    }

    /** Whether the answer leaves piece by piece. */
    public boolean drips() {
        return hits(Fault.Kind.DRIP);
    }

    /** How old a record must be for a look-up to see it, in milliseconds. */
    long lagMs() {
        return hits(Fault.Kind.SEARCH_LAG) ? fault.ms() : 0;
    }

    boolean hits(Fault.Kind kind) {
        return fault != null && fault.kind() == kind;
    }
}
