package io.saddlebag.security;

import org.springframework.security.core.AuthenticationException;

/** A login that was refused without checking the password, because its address failed too often a moment ago. */
class LoginPausedException extends AuthenticationException {

    private final long seconds;

    /** @param seconds until the address may try again */
    LoginPausedException(long seconds) {
        super("Too many logins from your address failed; this one was refused without checking the password. Try again in " + seconds + " s");
        this.seconds = seconds;
    }

    long seconds() {
        return seconds;
    }
}
