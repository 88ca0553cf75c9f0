package io.saddlebag.security;

import org.springframework.security.core.AuthenticationException;

/** A login was refused before its password was compared, because too many logins from its address failed. */
class LoginPausedException extends AuthenticationException {

    private final long seconds;

    /** @param seconds for which logins from the address are still refused */
    LoginPausedException(long seconds) {
        super("Too many logins from your address failed; this one was refused without checking the password. Try again in " + seconds + " s");
        this.seconds = seconds;
    }

    long seconds() {
        return seconds;
    }
}
