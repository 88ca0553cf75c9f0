package io.saddlebag.sandbox;

import io.saddlebag.sandbox.SandboxCall.To;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where every call comes in and every answer goes out: counts it, lets a fault meet it, and asks limits, token and
 * organisation in the order in which Zoho seems to.
 */
public class SandboxGate {

    private final SandboxCalls calls;
    private final SandboxFaults faults;
    private final SandboxLimits limits;
    private final SandboxTokens tokens;
    private final SandboxConnections connections;
    private final SandboxScopes scopes;
    private final SandboxBooks books;

    public SandboxGate(SandboxCalls calls, SandboxFaults faults, SandboxLimits limits, SandboxTokens tokens,
                       SandboxConnections connections, SandboxScopes scopes, SandboxBooks books) {
        this.calls = calls;
        this.faults = faults;
        this.limits = limits;
        this.tokens = tokens;
        this.connections = connections;
        this.scopes = scopes;
        this.books = books;
    }

    /** A call as it arrives; what it answers when it is not let in stands in it. */
    public SandboxCall enter(HttpServletRequest http, InputStream body) throws IOException {
        SandboxRequest request = SandboxRequest.of(http, body);
        if (request.body().length > SandboxBodies.LONGEST) {
            SandboxAnswer tooLong = SandboxAnswer.error(413, 413, "A body has no more than " + SandboxBodies.LONGEST + " bytes here; nothing was changed");
            return new SandboxCall(request, 0, To.CONTROL, null, null, false, 0, null, tooLong, null);
        }
        if (request.path().startsWith("/sandbox/control")) {
            return new SandboxCall(request, 0, To.CONTROL, null, null, false, 0, null, null, null);
        }
        To to = request.path().startsWith("/sandbox/oauth/") ? To.ACCOUNTS : To.API;
        String organisation = to == To.API ? connections.organisation(request.parameter("organization_id")) : null;
        long at = calls.arrived(to, organisation);
        SandboxFaults.Hit hit = faults.meet(request);
        if (hit.other() != null && hit.other().kind() == Fault.Kind.DEAD_TOKENS) {
            tokens.endAll();
        }
        SandboxAnswer refusal = FaultEffects.refusal(hit.other(), request);
        if (to == To.ACCOUNTS || refusal != null) {
            return new SandboxCall(request, at, to, organisation, null, false, hit.latencyMs(), hit.other(), refusal,
                    limits.day(organisation));
        }
        Optional<SandboxAnswer> over = limits.admit(organisation);
        SandboxConnection connection = connection(request);
        return new SandboxCall(request, at, to, organisation, connection, over.isEmpty(), hit.latencyMs(), hit.other(),
                over.or(() -> stranger(request, connection)).orElse(null), limits.day(organisation));
    }

    /** A path that leads nowhere, below one that does. */
    public SandboxAnswer wrongRoad() {
        return SandboxAnswer.html(404, "Not Found");
    }

    /** The answer as its bytes will leave. */
    public SandboxAnswer pack(SandboxCall call, SandboxAnswer answer) {
        return SandboxPacking.pack(call, answer);
    }

    /**
     * Ends the call just before its answer leaves.
     *
     * @return the bytes that are left to send; null for none, not even a head
     */
    public byte[] leave(SandboxCall call, SandboxAnswer answer, HttpServletRequest http, HttpServletResponse response) {
        if (call.admitted()) {
            limits.leave(call.organisation());
        }
        Fault.Kind fault = call.fault() == null ? null : call.fault().kind();
        boolean broken = fault == Fault.Kind.CUT || fault == Fault.Kind.DROP || fault == Fault.Kind.RESET;
        calls.answered(call, broken ? 0 : answer.status(), answer.code());
        if (answer.encoding() != null) {
            // By a header of the message Camel would pack it once more.
            response.setHeader("Content-Encoding", answer.encoding());
        }
        if (broken) {
            // Announced in full, or the half would end like a complete answer.
            response.setContentLength(answer.length());
            ConnectionCutter.cut(http, fault == Fault.Kind.RESET);
        }
        if (fault == Fault.Kind.CUT) {
            return Arrays.copyOf(answer.body(), answer.length() / 2);
        }
        return broken ? null : answer.body();
    }

    /** Whose living token the call carries, if that opens what it asks for; null for nobody's. */
    private SandboxConnection connection(SandboxRequest request) {
        SandboxTokens.Access access = tokens.find(request);
        return access == null || !scopes.know(request) || !scopes.allow(access.agreement().scope(), request)
                ? null : connections.client(access.agreement().clientId()).orElse(null);
    }

    private Optional<SandboxAnswer> stranger(SandboxRequest request, SandboxConnection connection) {
        if (!scopes.know(request)) {
            return Optional.of(SandboxAnswer.html(404, "Not Found"));
        }
        if (connection == null) {
            return Optional.of(ZohoErrors.notAuthorized());
        }
        boolean free = request.resource().get(0).equals("organizations");
        String organisation = request.parameter("organization_id");
        return free || connection.sees(organisation)
                ? books.refusal(request) : Optional.of(ZohoErrors.wrongOrganization(organisation));
    }
}
