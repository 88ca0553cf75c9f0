package io.saddlebag.security;

import io.saddlebag.common.Secret;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.stereotype.Component;

/** The one staff user, {@code admin}, by HTTP Basic or the login page: gets the role STAFF. */
@Component
class StaffLogin implements AuthenticationProvider {

    static final String USER = "admin";

    private final Secret adminPassword;
    private final LoginPauses pauses;

    StaffLogin(Secret adminPassword, LoginPauses pauses) {
        this.adminPassword = adminPassword;
        this.pauses = pauses;
    }

    /**
     * @throws BadCredentialsException for another user or password, with the way to the right one
     * @throws LoginPausedException where the address failed too often
     */
    @Override
    public Authentication authenticate(Authentication login) {
        if (!pauses.isRight(USER, login, () -> login.getCredentials() != null && USER.equals(login.getName())
                && adminPassword.is(login.getCredentials().toString()))) {
            throw new BadCredentialsException("User or password is wrong. The user is admin; the password is "
                + "SADDLEBAG_ADMIN_PASSWORD or, where that is not set, in the file admin.password of the data directory");
        }
        return UsernamePasswordAuthenticationToken.authenticated(USER, null,
            AuthorityUtils.createAuthorityList("ROLE_STAFF"));
    }

    @Override
    public boolean supports(Class<?> login) {
        return UsernamePasswordAuthenticationToken.class.isAssignableFrom(login);
    }
}
