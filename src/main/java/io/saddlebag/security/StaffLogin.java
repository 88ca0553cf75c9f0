package io.saddlebag.security;

import io.saddlebag.common.Secret;
import io.saddlebag.security.StaffUsers.User;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Component;

/**
 * Logs in members of staff, by HTTP Basic or the login page: {@code admin} with the password of the settings, and the users of the table {@code staff}.
 * The password of admin is compared without the database, so that admin can log in while the database is not available.
 */
@Component
class StaffLogin implements AuthenticationProvider {

    static final String ADMIN = "admin";
    /** One group for all users, so that a wait does not reveal which users exist. */
    static final String GROUP = "staff";

    private final Secret adminPassword;
    private final StaffUsers users;
    private final LoginPauses pauses;

    StaffLogin(Secret adminPassword, StaffUsers users, LoginPauses pauses) {
        this.adminPassword = adminPassword;
        this.users = users;
        this.pauses = pauses;
    }

    /**
     * @throws BadCredentialsException if user or password is wrong; the message says where the password of admin is
     * @throws LoginPausedException if the address has to wait
     * @throws AuthenticationServiceException if the database does not answer and the user is not admin
     */
    @Override
    public Authentication authenticate(Authentication login) {
        String name = login.getName();
        String password = login.getCredentials() == null ? "" : login.getCredentials().toString();
        AtomicReference<Role> role = new AtomicReference<>(Role.ADMIN);
        if (!pauses.attempt(GROUP, name, login, () -> ADMIN.equals(name) ? adminPassword.is(password) : isRight(name, password, role))) {
            throw new BadCredentialsException("User or password is wrong. The password of the user admin is "
                + "SADDLEBAG_ADMIN_PASSWORD or, where that is not set, in the file admin.password of the data directory");
        }
        return UsernamePasswordAuthenticationToken.authenticated(name, null, role.get().authorities());
    }

    private boolean isRight(String name, String password, AtomicReference<Role> role) {
        User user = find(name);
        if (user != null) {
            role.set(user.role());
        }
        return users.isRight(user, password);
    }

    /** @return null if no user has this name */
    private User find(String name) {
        try {
            return users.find(name).orElse(null);
        } catch (DataAccessException e) {
            throw new AuthenticationServiceException("The database does not answer; until then only admin can log in", e);
        }
    }

    @Override
    public boolean supports(Class<?> login) {
        return UsernamePasswordAuthenticationToken.class.isAssignableFrom(login);
    }
}
