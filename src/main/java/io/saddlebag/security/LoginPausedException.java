package io.saddlebag.security;

import org.springframework.security.core.AuthenticationException;

/** A login that was not looked at, because its address failed too often a moment ago. */
class LoginPausedException extends AuthenticationException {

    private final long seconds;

    /** @param seconds until the address may try again */
    LoginPausedException(long seconds) {
        super("Too many logins from your address failed; this one was not looked at. Try again in " + seconds + " s");
        this.seconds = seconds;
    }

    long seconds() {
        return seconds;
    }
}
