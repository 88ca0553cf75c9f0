package io.saddlebag.security;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.AuthorityUtils;

/** The roles of staff. Each role includes the roles before it. */
enum Role {

    VIEWER, OPERATOR, ADMIN;

    /** Every member of staff has this authority, in any role. */
    private static final String STAFF = "ROLE_STAFF";

    /** @return the role with this name in lower case; empty if there is none */
    static Optional<Role> of(String name) {
        return Arrays.stream(values()).filter(role -> role.text().equals(name)).findFirst();
    }

    /** @return the highest role among the authorities; empty if the caller is not staff */
    static Optional<Role> among(Iterable<? extends GrantedAuthority> authorities) {
        Role highest = null;
        for (GrantedAuthority authority : authorities) {
            for (Role role : values()) {
                if (role.authority().equals(authority.getAuthority()) && (highest == null || role.compareTo(highest) > 0)) {
                    highest = role;
                }
            }
        }
        return Optional.ofNullable(highest);
    }

    /** @return the name in lower case, as in requests and tables */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    String authority() {
        return "ROLE_" + name();
    }

    /** @return the authorities of this role and of the roles that it includes */
    List<GrantedAuthority> authorities() {
        return AuthorityUtils.createAuthorityList(Stream.concat(Stream.of(STAFF),
            Arrays.stream(values()).limit(ordinal() + 1).map(Role::authority)).toList());
    }
}
