package io.saddlebag.sandbox;

import io.saddlebag.sandbox.SandboxLimits.Day;

/**
 * A call on its way through a route, from the gate and back to it.
 *
 * @param request   what the client sent
 * @param at        when it arrived, in milliseconds since 1970
 * @param to        which part of the sandbox it is for
 * @param organisation for which it counts; null for none
 * @param connection whose token it carries; null when it is not let in
 * @param admitted  whether it holds a place among the calls in flight
 * @param latencyMs how long its answer is held back, in milliseconds
 * @param fault     what else goes wrong; null when nothing does
 * @param refusal   the answer when the call is not let in; null when it is
 * @param day       the day's quota for the answer's headers; null where there are none
 */
public record SandboxCall(SandboxRequest request, long at, To to, String organisation, SandboxConnection connection,
                          boolean admitted, long latencyMs, Fault fault, SandboxAnswer refusal, Day day) {

    /** The parts of the sandbox: Zoho's two servers, and what only a sandbox has. */
    enum To { API, ACCOUNTS, CONTROL }

    /** Whether its answer leaves piece by piece. */
    public boolean drips() {
        return hits(Fault.Kind.DRIP);
    }

    boolean hits(Fault.Kind kind) {
        return fault != null && fault.kind() == kind;
    }
}
