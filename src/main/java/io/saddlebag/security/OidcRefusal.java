package io.saddlebag.security;

import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;

/** A login at the provider failed, or Saddlebag does not accept it. */
class OidcRefusal extends OAuth2AuthenticationException {

    /** The word that tells the login page the reason, see {@link LoginPage}. */
    private final String said;
    private final String who;

    /**
     * @param said  the word that tells the login page the reason
     * @param who   the user according to the provider; null if unknown
     * @param cause may be null
     */
    OidcRefusal(String said, String reason, String who, Throwable cause) {
        super(new OAuth2Error(said), reason, cause);
        this.said = said;
        this.who = who;
    }

    String said() {
        return said;
    }

    String who() {
        return who;
    }
}
