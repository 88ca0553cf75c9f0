package io.saddlebag.sandbox.faults;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.CrmErrors;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.MetaErrors;
import io.saddlebag.sandbox.wire.Request;
import io.saddlebag.sandbox.wire.ZohoErrors;
import java.util.regex.Pattern;

/** Which calls a fault meets, and the answer that it puts in place of the sandbox's. */
public final class FaultEffects {

    private static final String API = "/sandbox/inventory/v1/";
    private static final String TOKEN = "/sandbox/oauth/v2/token";

    private FaultEffects() {
    }

    static boolean isAbout(Fault fault, Request request) {
        if (fault.match() != null) {
            return Pattern.compile(fault.match()).matcher(request.line()).find();
        }
        return switch (fault.kind()) {
            case TOKEN_THROTTLE, INVALID_CODE, INVALID_CLIENT, INVALID_CLIENT_SECRET -> request.path().equals(TOKEN);
            case ACCESS_DENIED -> request.path().endsWith("/oauth/v2/auth");
            case LOST_ANSWER, ERROR_AFTER_WRITE, SHORT_ANSWER, DUPLICATE -> isWrite(request);
            case SEARCH_LAG -> isLookUp(request);
            case CREDITS -> isCrm(request);
            default -> request.path().startsWith(API);
        };
    }

    private static boolean isCrm(Request request) {
        return request.path().startsWith("/sandbox/crm/");
    }

    private static boolean isMeta(Request request) {
        return request.path().startsWith("/sandbox/meta/");
    }

    private static boolean isWrite(Request request) {
        return !request.method().equals("GET") && !request.path().startsWith("/sandbox/oauth/") && !request.path().endsWith("/coql");
    }

    private static boolean isLookUp(Request request) {
        return request.path().endsWith("/coql") || request.path().endsWith("/search")
                || request.method().equals("GET") && request.resource().size() == 1 && !isCrm(request);
    }

    /** What a fault leaves of the answer of a call that took place. */
    public static Answer after(Fault fault, Request request, Answer answer) {
        return switch (fault == null ? Fault.Kind.LATENCY : fault.kind()) {
            case ERROR_AFTER_WRITE -> isMeta(request) ? MetaErrors.fault(2).withStatus(status(fault, 500)) : isCrm(request)
                    ? CrmErrors.internal(status(fault, 500)) : ZohoErrors.internal(status(fault, 500));
            case SHORT_ANSWER -> Json.readObject(answer.body()).map(body -> answer.withBody(shortened(body), null)).orElse(answer);
            default -> answer;
        };
    }

    private static byte[] shortened(ObjectNode body) {
        body.forEach(value -> {
            if (value instanceof ArrayNode list && !list.isEmpty()) {
                list.remove(list.size() - 1);
            }
        });
        return Json.bytes(body);
    }

    /** The answer of a fault that replaces the sandbox's; null for any other fault, and for none. */
    public static Answer refusal(Fault fault, Request request) {
        if (fault == null) {
            return null;
        }
        return switch (fault.kind()) {
            case ERROR -> isMeta(request) ? metaError(fault) : isCrm(request) ? crmError(fault) : error(fault);
            case HTML -> Answer.html(status(fault, 502), "The page is temporarily unavailable");
            case EMPTY -> Answer.empty(status(fault, 200));
            case REDIRECT -> Answer.redirect(status(fault, 302), fault.location() == null
                    ? request.base() + "/inventory/v1/organizations" : fault.location());
            case WRONG_SCOPE -> isCrm(request) ? CrmErrors.scopeMismatch() : ZohoErrors.notAuthorized();
            case CREDITS -> CrmErrors.tooManyRequests();
            case DUPLICATE -> isCrm(request) || isMeta(request) ? null
                    : Answer.error(400, fault.code() == null ? 1001 : fault.code(), "The record already exists.");
            case TOKEN_THROTTLE -> ZohoErrors.tokenThrottle(status(fault, 400));
            case INVALID_CODE -> ZohoErrors.oauth("invalid_code");
            case INVALID_CLIENT -> ZohoErrors.oauth("invalid_client");
            case INVALID_CLIENT_SECRET -> ZohoErrors.oauth("invalid_client_secret");
            default -> null;
        };
    }

    private static Answer metaError(Fault fault) {
        Answer usual = MetaErrors.fault(fault.code() == null ? 2 : fault.code());
        return usual.withStatus(status(fault, usual.status()));
    }

    private static Answer crmError(Fault fault) {
        Answer usual = switch (fault.code() == null ? 1000 : fault.code()) {
            case 14, 57 -> CrmErrors.invalidToken();
            case 44, 45, 1070 -> CrmErrors.tooManyRequests();
            default -> CrmErrors.internal(500);
        };
        return usual.withStatus(status(fault, usual.status()));
    }

    private static Answer error(Fault fault) {
        int code = fault.code() == null ? 1000 : fault.code();
        Answer usual = switch (code) {
            case 14 -> ZohoErrors.invalidToken();
            case 44 -> ZohoErrors.minute();
            case 45 -> ZohoErrors.day(1000);
            case 1070 -> ZohoErrors.inFlight();
            case 57 -> ZohoErrors.notAuthorized();
            case 1000 -> ZohoErrors.internal(500);
            default -> Answer.error(500, code, "Switched on in the sandbox");
        };
        return usual.withStatus(status(fault, usual.status()));
    }

    private static int status(Fault fault, int usual) {
        return fault.status() == null ? usual : fault.status();
    }
}
