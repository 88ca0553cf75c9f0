package io.saddlebag.security;

import io.saddlebag.common.BadSettingException;
import io.saddlebag.common.Settings;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** The settings of the login at a provider of OpenID Connect. They are checked before the application starts. */
public record OidcSettings(Settings settings) {

    /** True if a provider is configured. */
    static final class Given implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata bean) {
            return new OidcSettings(new Settings(context.getEnvironment())).isGiven();
        }
    }

    /** @throws BadSettingException if a setting is invalid; only the first one is reported */
    public void check() {
        if (!isGiven()) {
            if (Stream.of(clientId(), clientSecret()).anyMatch(text -> !text.isEmpty()) || Arrays.stream(Role.values()).anyMatch(role -> !values(role).isEmpty())) {
                throw new BadSettingException("SADDLEBAG_OIDC_ISSUER", "missing while another SADDLEBAG_OIDC setting is given", "Give the address of the provider,"
                    + " or none of these settings");
            }
            return;
        }
        if (!isAddress(issuer())) {
            throw new BadSettingException("SADDLEBAG_OIDC_ISSUER", "is not an https address", "Write what the provider calls its issuer, such as"
                + " https://login.example.com/realms/staff. http is for providers in your own network");
        }
        if (clientId().isEmpty()) {
            throw new BadSettingException("SADDLEBAG_OIDC_CLIENT_ID", "missing while SADDLEBAG_OIDC_ISSUER is given", "Register Saddlebag at the provider, and give"
                + " the client's id");
        }
        if (Arrays.stream(Role.values()).allMatch(role -> values(role).isEmpty())) {
            throw new BadSettingException("SADDLEBAG_OIDC_ADMINS, SADDLEBAG_OIDC_OPERATORS, SADDLEBAG_OIDC_VIEWERS", "missing while SADDLEBAG_OIDC_ISSUER is given, so"
                + " nobody could log in there", "Name at least one value of the claim \"" + claim() + "\" that has a role");
        }
    }

    boolean isGiven() {
        return settings.given("saddlebag.oidc.issuer");
    }

    String issuer() {
        return settings.text("saddlebag.oidc.issuer");
    }

    /** @return whether the address is the provider's. A slash at the end is ignored, because people leave it out. */
    boolean isIssuer(String address) {
        return issuer().replaceFirst("/$", "").equals(address.replaceFirst("/$", ""));
    }

    /** @return whether secrets may be sent to this address of the provider */
    static boolean isAddress(String address) {
        try {
            URI uri = URI.create(address);
            return uri.getHost() != null && uri.getQuery() == null && uri.getUserInfo() == null
                && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()) && isInOwnNetwork(uri.getHost()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Nothing is resolved: a name without a dot, such as a container's, a name that only a local network has, or a literal address of this machine or of a private network. */
    private static boolean isInOwnNetwork(String host) {
        if (!host.matches("[0-9.]+|\\[.*]")) {
            return !host.contains(".") || host.endsWith(".internal") || host.endsWith(".local");
        }
        try {
            InetAddress literal = InetAddress.getByName(host);
            return literal.isLoopbackAddress() || (literal instanceof Inet4Address ? literal.isSiteLocalAddress() : (literal.getAddress()[0] & 0xFE) == 0xFC); // fc00::/7
        } catch (UnknownHostException e) {
            return false;
        }
    }

    String clientId() {
        return settings.text("saddlebag.oidc.client-id");
    }

    /** @return empty if the provider knows the client as a public client */
    String clientSecret() {
        return settings.text("saddlebag.oidc.client-secret");
    }

    /** @return the name of the provider for the login page */
    String name() {
        return settings.text("saddlebag.oidc.name");
    }

    List<String> scopes() {
        return Stream.concat(Stream.of("openid"), Arrays.stream(settings.text("saddlebag.oidc.scopes").split("[ ,]+"))).filter(scope -> !scope.isEmpty()).distinct().toList();
    }

    /** @return the name of the claim that decides the role */
    String claim() {
        return settings.text("saddlebag.oidc.claim");
    }

    /** @return the highest role of the claim's values; empty if no value has a role */
    Optional<Role> role(Collection<String> claimed) {
        return Arrays.stream(Role.values()).filter(role -> values(role).stream().anyMatch(claimed::contains)).reduce((lower, higher) -> higher);
    }

    private List<String> values(Role role) {
        String text = switch (role) {
            case ADMIN -> settings.text("saddlebag.oidc.admins");
            case OPERATOR -> settings.text("saddlebag.oidc.operators");
            case VIEWER -> settings.text("saddlebag.oidc.viewers");
        };
        return Arrays.stream(text.split(",")).map(String::strip).filter(value -> !value.isEmpty()).toList();
    }
}
