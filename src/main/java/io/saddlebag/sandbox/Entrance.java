package io.saddlebag.sandbox;

import io.saddlebag.sandbox.Call.To;
import io.saddlebag.sandbox.accounts.Client;
import io.saddlebag.sandbox.accounts.Scopes;
import io.saddlebag.sandbox.accounts.Tokens;
import io.saddlebag.sandbox.faults.ConnectionCutter;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.sandbox.faults.FaultEffects;
import io.saddlebag.sandbox.faults.Faults;
import io.saddlebag.sandbox.faults.Packing;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.CrmErrors;
import io.saddlebag.sandbox.wire.Request;
import io.saddlebag.sandbox.wire.ZohoErrors;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where every call comes in and every answer goes out: counts the call, lets a fault meet it, and asks limits, token and
 * organisation in the order in which Zoho seems to.
 */
public class Entrance {

    private final Sandbox sandbox;
    private final Addresses addresses;
    private final Scopes scopes;

    Entrance(Sandbox sandbox, Addresses addresses) {
        this.sandbox = sandbox;
        this.addresses = addresses;
        this.scopes = new Scopes(sandbox.kinds(), List.of(sandbox.crm()::scopes, sandbox.billing()::scopes));
    }

    /** Takes a call in. One that is not let in carries its answer, the refusal. */
    public Call enter(HttpServletRequest http, InputStream body) throws IOException {
        Request request = Request.of(http, body);
        Function<Call, Answer> handler = addresses.find(request.method(), request.path()).orElseThrow();
        if (request.body().length > SandboxFilter.LONGEST_BODY) {
            return Call.uncounted(request, handler, Answer.error(413, 413,
                    "A body has no more than " + SandboxFilter.LONGEST_BODY + " bytes here; nothing was changed"));
        }
        if (Addresses.isControl(request.path())) {
            return Call.uncounted(request, handler, null);
        }
        return Addresses.isAccounts(request.path()) ? toAccounts(request, handler) : toApi(request, handler);
    }

    private Call toAccounts(Request request, Function<Call, Answer> handler) {
        long at = sandbox.calls().arrived(false, null);
        Faults.Hit hit = meetFault(request);
        return new Call(request, To.ACCOUNTS, handler, FaultEffects.refusal(hit.other(), request), at, null, null, false,
                hit.latencyMs(), hit.other(), null);
    }

    private Call toApi(Request request, Function<Call, Answer> handler) {
        String organisation = sandbox.clients().organisation(organisation(request));
        long at = sandbox.calls().arrived(true, organisation);
        Faults.Hit hit = meetFault(request);
        Answer broken = FaultEffects.refusal(hit.other(), request);
        if (broken != null) {
            return new Call(request, To.API, handler, broken, at, organisation, null, false, hit.latencyMs(), hit.other(),
                    sandbox.limits().day(organisation));
        }
        Optional<Answer> over = sandbox.limits().admit(organisation)
                .map(refusal -> request.product().equals("crm") ? CrmErrors.tooManyRequests() : refusal);
        Client client = client(request);
        Answer refusal = over.or(() -> stranger(request, client)).orElse(null);
        return new Call(request, To.API, handler, refusal, at, organisation, client, over.isEmpty(), hit.latencyMs(),
                hit.other(), sandbox.limits().day(organisation));
    }

    private Faults.Hit meetFault(Request request) {
        Faults.Hit hit = sandbox.faults().meet(request);
        if (hit.other() != null && hit.other().kind() == Fault.Kind.DEAD_TOKENS) {
            sandbox.tokens().endAll();
        }
        return hit;
    }

    /** The answer, its bytes as they will leave. */
    public Answer answer(Call call) {
        Answer answer = call.refusal() != null ? call.refusal()
                : FaultEffects.after(call.fault(), call.request(), call.handler().apply(call));
        return call.to() == To.CONTROL ? answer : Packing.pack(call.fault(), call.request().takesGzip(), answer);
    }

    /**
     * Ends the call just before its answer leaves.
     *
     * @return the bytes that are left to send; null for none, not even a head
     */
    public byte[] leave(Call call, Answer answer, HttpServletRequest http, HttpServletResponse response) {
        if (call.admitted()) {
            sandbox.limits().leave(call.organisation());
        }
        Fault.Kind fault = call.fault() == null ? null : call.fault().kind();
        boolean broken = fault == Fault.Kind.CUT || fault == Fault.Kind.DROP || fault == Fault.Kind.RESET
                || fault == Fault.Kind.LOST_ANSWER;
        if (call.to() != To.CONTROL) {
            sandbox.calls().answered(call.request(), call.at(), call.to() == To.API, call.organisation(),
                    broken ? 0 : answer.status(), answer.code());
        }
        if (call.request().product().equals("crm")) {
            sandbox.crm().creditsLeft(call.organisation()).ifPresent(left ->
                    response.setHeader("X-API-CREDITS-REMAINING", String.valueOf(left)));
        }
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

    /** The organisation that a call is for: CRM's is that of the token, Billing's stands in a header. */
    private String organisation(Request request) {
        return switch (request.product()) {
            case "crm" -> Optional.ofNullable(owner(request)).orElse(sandbox.clients().first()).organizationId();
            case "billing" -> request.header("X-com-zoho-subscriptions-organizationid");
            default -> request.parameter("organization_id");
        };
    }

    /** Whose living token the call carries; null for nobody's. */
    private Client owner(Request request) {
        Tokens.Access access = sandbox.tokens().find(request);
        return access == null ? null : sandbox.clients().client(access.agreement().clientId()).orElse(null);
    }

    /** The same, if the token opens what the call asks for. */
    private Client client(Request request) {
        Client owner = owner(request);
        Tokens.Access access = owner == null ? null : sandbox.tokens().find(request);
        return access != null && scopes.know(request) && scopes.allow(access.agreement().scope(), request) ? owner : null;
    }

    private Optional<Answer> stranger(Request request, Client client) {
        if (request.product().equals("meta")) {
            return sandbox.meta().refusal(request);
        }
        boolean crm = request.product().equals("crm");
        if (!scopes.know(request)) {
            return Optional.of(crm ? CrmErrors.noSuchPage() : ZohoErrors.noSuchPage());
        }
        if (client == null) {
            return Optional.of(!crm ? ZohoErrors.notAuthorized()
                    : owner(request) == null ? CrmErrors.invalidToken() : CrmErrors.scopeMismatch());
        }
        boolean free = crm || request.resource().get(0).equals("organizations");
        String organisation = organisation(request);
        return free || client.sees(organisation)
                ? sandbox.books().refusal(request) : Optional.of(ZohoErrors.wrongOrganization(organisation));
    }
}
