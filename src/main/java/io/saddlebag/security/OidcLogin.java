package io.saddlebag.security;

import io.saddlebag.common.SecretCipher;
import io.saddlebag.common.Settings;
import io.saddlebag.connect.PublicUrl;
import io.saddlebag.problem.ApiException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.oidc.authentication.OidcAuthorizationCodeAuthenticationProvider;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestRedirectFilter;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.client.web.OAuth2LoginAuthenticationFilter;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.security.web.authentication.AuthenticationSuccessHandler;
import org.springframework.security.web.authentication.session.SessionAuthenticationStrategy;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.stereotype.Component;

/**
 * The login at a provider of OpenID Connect, beside the login by password: authorization code with PKCE, state and nonce. It exists only if a provider is configured.
 * The session is the same as after a login by password. The provider's tokens are not stored.
 */
@Component
@Conditional(OidcSettings.Given.class)
public class OidcLogin {

    /** The address at which a login begins. */
    static final String ADDRESS = "/login/oidc";
    /** The address to which the provider redirects the browser. */
    static final String RETURN = ADDRESS + "/return";

    private static final Logger LOG = LoggerFactory.getLogger(OidcLogin.class);
    private static final int MAX_REASON_LENGTH = 300;
    private static final Set<String> NOT_THE_USERS_FAULT = Set.of("away", "database", "host");
    /** Spring's code for an answer to a login that the browser did not begin. */
    private static final String NOT_BEGUN = "authorization_request_not_found";

    private final OidcSettings settings;
    private final OidcProvider provider;
    private final OidcRequestCookie begun;
    private final OidcUsers users;
    private final PublicUrl url;
    private final StaffSessions sessions;
    private final LoginAudit audit;
    private final LoginPauses pauses;
    private final ApplicationEventPublisher events;

    OidcLogin(Environment environment, ObjectProvider<SecretCipher> cipher, PublicUrl url, StaffUsers staff, StaffSessions sessions, LoginAudit audit,
            LoginPauses pauses, ApplicationEventPublisher events) {
        this.settings = new OidcSettings(new Settings(environment));
        this.provider = new OidcProvider(settings);
        this.begun = new OidcRequestCookie(settings, cipher);
        this.users = new OidcUsers(settings, provider, staff);
        this.url = url;
        this.sessions = sessions;
        this.audit = audit;
        this.pauses = pauses;
        this.events = events;
    }

    /** @return the problem that a recent login had with the provider; empty if there was none */
    public Optional<String> trouble() {
        return provider.trouble().map(trouble -> "The provider %s did not answer a login as it should at %s. Log in by password meanwhile; check SADDLEBAG_OIDC_ISSUER (%s), the network and the provider. The next login there tries again"
            .formatted(settings.name(), trouble, settings.issuer()));
    }

    /**
     * @param onwards the handler of successful logins, the same as for a login by password
     * @param paused the handler of logins whose address has to wait, the same as for a login by password
     */
    void addTo(HttpSecurity http, SessionAuthenticationStrategy newToken, AuthenticationSuccessHandler onwards, AuthenticationFailureHandler paused) {
        OAuth2AuthorizationRequestRedirectFilter there = new OAuth2AuthorizationRequestRedirectFilter(requests());
        there.setAuthorizationRequestRepository(begun);
        there.setAuthenticationFailureHandler(this::failed);

        OidcAuthorizationCodeAuthenticationProvider codes = new OidcAuthorizationCodeAuthenticationProvider(provider.tokens(), users);
        codes.setJwtDecoderFactory(client -> provider.decoder());
        OAuth2LoginAuthenticationFilter back = new OAuth2LoginAuthenticationFilter(provider, new NoTokens(), RETURN);
        back.setRequiresAuthenticationRequestMatcher(PathPatternRequestMatcher.withDefaults().matcher(HttpMethod.GET, RETURN));
        back.setAuthorizationRequestRepository(begun);
        back.setAuthenticationManager(new ProviderManager(codes));
        back.setSecurityContextRepository(sessions);
        back.setSessionAuthenticationStrategy(newToken);
        back.setApplicationEventPublisher(events);
        back.setAuthenticationSuccessHandler(onwards);
        back.setAuthenticationFailureHandler(this::failed);
        http.addFilterBefore(new OidcLimits(pauses, paused), OAuth2AuthorizationRequestRedirectFilter.class).addFilter(there).addFilter(back);
    }

    private OAuth2AuthorizationRequestResolver requests() {
        DefaultOAuth2AuthorizationRequestResolver requests = new DefaultOAuth2AuthorizationRequestResolver(provider, ADDRESS);
        return new OAuth2AuthorizationRequestResolver() {
            @Override
            public OAuth2AuthorizationRequest resolve(HttpServletRequest request) {
                return HttpMethod.GET.matches(request.getMethod()) && ADDRESS.equals(request.getRequestURI()) ? resolve(request, OidcProvider.ID) : null;
            }

            /** The address of return comes from the settings, because a caller can choose the Host header freely. */
            @Override
            public OAuth2AuthorizationRequest resolve(HttpServletRequest request, String id) {
                return OAuth2AuthorizationRequest.from(requests.resolve(request, id)).redirectUri(url.of(request) + RETURN).build();
            }
        };
    }

    private void failed(HttpServletRequest request, HttpServletResponse response, AuthenticationException failure) throws IOException {
        OidcRefusal refusal = cause(failure, OidcRefusal.class);
        String said = said(failure, refusal);
        if (isCounted(said, failure)) {
            pauses.failed(OidcLimits.GROUP, request.getRemoteAddr());
        }
        String reason = plain(Objects.requireNonNullElse((refusal != null ? refusal : cause(failure, ApiException.class) != null ? cause(failure, ApiException.class) : failure)
            .getMessage(), failure.getClass().getSimpleName()));
        if (audit.failed(refusal == null ? null : refusal.who(), request, reason)) { // limited, so that strangers can fill neither audit nor log
            LOG.warn("Login at {} from {} failed: {}", settings.name(), request.getRemoteAddr(), reason);
        }
        response.sendRedirect(LoginFormFilter.ADDRESS + (said.equals("database") ? "?away" : "?oidc=" + said));
    }

    /**
     * A page of a stranger can make a browser open the address of return, so an answer to a login that this browser did not begin is not counted. Such an answer
     * causes no call to the provider.
     */
    private static boolean isCounted(String said, AuthenticationException failure) {
        return !NOT_THE_USERS_FAULT.contains(said) && !NOT_BEGUN.equals(code(failure));
    }

    /** @return the word that tells the login page the reason, see {@link LoginPage} */
    private static String said(AuthenticationException failure, OidcRefusal refusal) {
        if (refusal != null) {
            return refusal.said();
        }
        if (cause(failure, ApiException.class) != null) {
            return "host";
        }
        if (failure instanceof AuthenticationServiceException) {
            return "database";
        }
        if (cause(failure, IOException.class) != null) {
            return "away";
        }
        return switch (code(failure)) {
            case NOT_BEGUN, "invalid_state_parameter", "invalid_request", "invalid_grant" -> "again";
            case "access_denied", "login_required", "consent_required", "interaction_required", "account_selection_required", "temporarily_unavailable" -> "refused";
            default -> "answer";
        };
    }

    private static String code(AuthenticationException failure) {
        return failure instanceof OAuth2AuthenticationException known ? known.getError().getErrorCode() : "";
    }

    private static <T extends Throwable> T cause(Throwable failure, Class<T> type) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause).limit(20).filter(type::isInstance).map(type::cast).findFirst().orElse(null);
    }

    private static String plain(String text) {
        return text.substring(0, Math.min(MAX_REASON_LENGTH, text.length())).replaceAll("\\p{Cntrl}", " ");
    }

    /** Stores no tokens, because the provider's tokens are not needed after the login. */
    private static final class NoTokens implements OAuth2AuthorizedClientRepository {

        @Override
        public <T extends OAuth2AuthorizedClient> T loadAuthorizedClient(String id, Authentication login, HttpServletRequest request) {
            return null;
        }

        @Override
        public void saveAuthorizedClient(OAuth2AuthorizedClient client, Authentication login, HttpServletRequest request, HttpServletResponse response) {
            // see above
        }

        @Override
        public void removeAuthorizedClient(String id, Authentication login, HttpServletRequest request, HttpServletResponse response) {
            // see above
        }
    }
}
