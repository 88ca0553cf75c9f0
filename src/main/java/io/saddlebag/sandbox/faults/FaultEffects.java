package io.saddlebag.sandbox.faults;

import io.saddlebag.sandbox.wire.Answer;
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
            default -> request.path().startsWith(API);
        };
    }

    /** The answer of a fault that replaces the sandbox's; null for any other fault, and for none. */
    public static Answer refusal(Fault fault, Request request) {
        if (fault == null) {
            return null;
        }
        return switch (fault.kind()) {
            case ERROR -> error(fault);
            case HTML -> Answer.html(status(fault, 502), "The page is temporarily unavailable");
            case EMPTY -> Answer.empty(status(fault, 200));
            case REDIRECT -> Answer.redirect(status(fault, 302), fault.location() == null
                    ? request.base() + "/inventory/v1/organizations" : fault.location());
            case WRONG_SCOPE -> ZohoErrors.notAuthorized();
            case TOKEN_THROTTLE -> ZohoErrors.tokenThrottle(status(fault, 400));
            case INVALID_CODE -> ZohoErrors.oauth("invalid_code");
            case INVALID_CLIENT -> ZohoErrors.oauth("invalid_client");
            case INVALID_CLIENT_SECRET -> ZohoErrors.oauth("invalid_client_secret");
            default -> null;
        };
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
