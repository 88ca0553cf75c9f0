package io.saddlebag.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserRequest;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserService;
import org.springframework.security.oauth2.client.userinfo.DefaultOAuth2UserService;
import org.springframework.security.oauth2.client.userinfo.OAuth2UserService;
import org.springframework.security.oauth2.core.oidc.StandardClaimNames;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.util.StringUtils;

/** Determines the user name and the role of a login from the provider's claims. */
class OidcUsers implements OAuth2UserService<OidcUserRequest, OidcUser> {

    /** Prefix of the names of users who log in at the provider, so that no such user has the name of a user of the table staff. */
    static final String PREFIX = "oidc:";

    private static final int DIGEST_BYTES = 16;

    private final OidcSettings settings;
    private final StaffUsers users;
    private final OidcUserService provider = new OidcUserService();

    OidcUsers(OidcSettings settings, OidcProvider provider, StaffUsers users) {
        this.settings = settings;
        this.users = users;
        DefaultOAuth2UserService further = new DefaultOAuth2UserService();
        further.setRestOperations(provider.http());
        this.provider.setOauth2UserService(further);
        // Spring asks the userinfo address only for the scopes of the standard. The claim of the role may have another scope.
        this.provider.setRetrieveUserInfo(request -> StringUtils.hasText(request.getClientRegistration().getProviderDetails().getUserInfoEndpoint().getUri()));
    }

    /** @throws OidcRefusal if the user has no role or is disabled */
    @Override
    public OidcUser loadUser(OidcUserRequest request) {
        OidcUser user = provider.loadUser(request);
        Map<String, Object> claims = user.getClaims();
        String name = PREFIX + name(user);
        Object claimed = claimed(claims, settings.claim());
        if (claimed == null) {
            throw new OidcRefusal("claim", "The provider did not send the claim " + settings.claim(), name, null);
        }
        if (settings.claim().equals(StandardClaimNames.EMAIL) && !Boolean.TRUE.equals(user.getEmailVerified())) { // anybody can enter the address of an admin
            throw new OidcRefusal("unverified", "The provider does not say that the e-mail address is verified (claim email_verified)", name, null);
        }
        List<String> values = claimed instanceof Collection<?> some ? some.stream().map(String::valueOf).toList() : List.of(claimed.toString());
        Role role = settings.role(values).orElseThrow(() -> new OidcRefusal("role", "No value of the claim " + settings.claim() + " has a role", name, null));
        if (isDisabled(name)) {
            throw new OidcRefusal("disabled", "The user is disabled in staff", name, null);
        }
        return new DefaultOidcUser(role.authorities(), user.getIdToken(), user.getUserInfo()) {
            @Override
            public String getName() {
                return name;
            }
        };
    }

    /** @return the claim with this name; if there is none, the claim at this path, such as realm_access.roles */
    private static Object claimed(Map<String, Object> claims, String name) {
        if (claims.containsKey(name)) {
            return claims.get(name);
        }
        Object found = claims;
        for (String part : name.split("\\.")) {
            found = found instanceof Map<?, ?> map ? map.get(part) : null;
        }
        return found;
    }

    /**
     * An admin shuts a user out by a disabled row of staff, so the name is always one that such a row can have.
     *
     * @return the e-mail address, unless the provider says that it is not verified; otherwise the user name; otherwise the subject; otherwise a digest of the subject
     */
    private static String name(OidcUser user) {
        String email = Boolean.FALSE.equals(user.getEmailVerified()) ? null : user.getEmail();
        return Stream.of(email, user.getPreferredUsername(), user.getSubject()).filter(Objects::nonNull)
            .filter(name -> name.matches("\\p{ASCII}+")) // other characters, such as the Kelvin sign, may have a lower case in ASCII
            .map(name -> name.toLowerCase(Locale.ROOT)).filter(StaffRequest::isName).findFirst().orElseGet(() -> "subject-" + digest(user.getSubject()));
    }

    private static String digest(String subject) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(subject.getBytes(StandardCharsets.UTF_8)), 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    private boolean isDisabled(String name) {
        try {
            return users.isDisabled(name.substring(PREFIX.length()));
        } catch (DataAccessException e) {
            throw new AuthenticationServiceException("The database does not answer; until then only admin can log in", e);
        }
    }
}
