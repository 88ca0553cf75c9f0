package io.saddlebag.security;

import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.POST;

import io.saddlebag.common.Secret;
import io.saddlebag.common.Settings;
import io.saddlebag.http.LoopbackOnly;
import io.saddlebag.http.PlainPathFilter;
import io.saddlebag.kinds.Kinds;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AuthenticationEntryPointFailureHandler;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.security.web.authentication.AuthenticationFilter;
import org.springframework.security.web.authentication.AuthenticationSuccessHandler;
import org.springframework.security.web.authentication.SavedRequestAwareAuthenticationSuccessHandler;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfAuthenticationStrategy;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.csrf.CsrfTokenRequestAttributeHandler;
import org.springframework.security.web.header.writers.CacheControlHeadersWriter;
import org.springframework.security.web.header.writers.DelegatingRequestMatcherHeaderWriter;
import org.springframework.security.web.savedrequest.RequestCache;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.AndRequestMatcher;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.security.web.util.matcher.MediaTypeRequestMatcher;
import org.springframework.security.web.util.matcher.NegatedRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** Configures the logins and the checks before a request reaches its address. {@link Permissions} has the permissions. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication
class AccessRules {

    private static final String ZOHO = "/api/zoho/";

    /**
     * Webhooks are authenticated by their signatures; an Authorization header of a webhook is ignored. The answer to a wrong method or an additional slash says so, and
     * does not ask for a login.
     */
    @Bean
    @Order(1)
    SecurityFilterChain openAccess(HttpSecurity http, Environment environment, Kinds kinds) throws Exception {
        RequestMatcher everyone = new OrRequestMatcher(
            at(null, "/api/zoho/webhooks/**"), at(GET, "/assets/**"), request -> isWebhookAddress(kinds, request));
        boolean withImages = environment.getProperty("saddlebag.images.public", Boolean.class, false);
        RequestMatcher images = withImages ? at(null, "/images/**") : nothing -> false;
        RequestMatcher sandbox = new AndRequestMatcher(at(null, "/sandbox/**"), new LoopbackOnly());
        boolean withSandbox = environment.getRequiredProperty("saddlebag.sandbox.enabled", Boolean.class);
        return http.securityMatcher(withSandbox ? new OrRequestMatcher(everyone, images, sandbox) : new OrRequestMatcher(everyone, images))
            .authorizeHttpRequests(rules -> rules.anyRequest().permitAll())
            .headers(AccessRules::cachedPictures)
            // These addresses need no login. The filters for logins would cost a tenth of a webhook's processor time.
            .csrf(AbstractHttpConfigurer::disable).requestCache(AbstractHttpConfigurer::disable)
            .sessionManagement(AbstractHttpConfigurer::disable).securityContext(AbstractHttpConfigurer::disable)
            .logout(AbstractHttpConfigurer::disable).anonymous(AbstractHttpConfigurer::disable).servletApi(AbstractHttpConfigurer::disable)
            .build();
    }

    /** @return whether the part after /api/zoho/ is a webhook address that a kind declares */
    private static boolean isWebhookAddress(Kinds kinds, HttpServletRequest request) {
        String path = request.getRequestURI();
        return path.startsWith(ZOHO) && kinds.withWebhookAddress(path.substring(ZOHO.length()).replaceFirst("/.*", "")) != null;
    }

    @Bean
    @Order(2)
    SecurityFilterChain staffAccess(HttpSecurity http, Environment environment, LoginPauses pauses, Permissions permissions,
            StaffSessions sessions, LoginPage login, LoginAudit audit, ObjectProvider<OidcLogin> oidc) throws Exception {
        UnauthorizedEntryPoint unauthorized = new UnauthorizedEntryPoint();
        RequestMatcher html = htmlAsked();
        RequestCache pages = new RequestedPageCookie(html);
        CookieCsrfTokenRepository tokens = CookieCsrfTokenRepository.withHttpOnlyFalse();
        AuthenticationFailureHandler refused = (request, response, failure) -> {
            if (html.matches(request) || failure instanceof BadCredentialsException) {
                LoginPage.failed(request, response, failure);
            } else { // a program sees by the status that it has to wait
                unauthorized.commence(request, response, failure);
            }
        };
        oidc.ifAvailable(provider -> provider.addTo(http, new CsrfAuthenticationStrategy(tokens), loggedIn(pages), refused));
        return http
            .authorizeHttpRequests(rules -> rules
                // This dispatch follows only a request that was refused or failed.
                .dispatcherTypeMatchers(DispatcherType.ERROR).permitAll()
                // The declared webhook addresses have their own filter chain.
                .requestMatchers(at(null, "/api/zoho/sync-{name}")).hasAuthority(Role.ADMIN.authority())
                .anyRequest().access((caller, call) -> new AuthorizationDecision(isAllowed(permissions, caller, call.getRequest()))))
            .securityContext(context -> context.securityContextRepository(sessions))
            .httpBasic(basic -> basic.authenticationEntryPoint(unauthorized))
            .formLogin(form -> form.loginPage(LoginFormFilter.ADDRESS).successHandler(loggedIn(pages)).failureHandler(refused))
            .logout(logout -> logout.logoutSuccessUrl(LoginFormFilter.ADDRESS + "?out"))
            .addFilterBefore(bearer(environment, pauses, unauthorized, audit), BasicAuthenticationFilter.class)
            .headers(AccessRules::cachedPictures)
            .csrf(csrf -> csrf.requireCsrfProtectionMatcher(new CsrfRequired())
                .csrfTokenRepository(tokens)
                .csrfTokenRequestHandler(new CsrfTokenRequestAttributeHandler()))
            .addFilterAfter(new CsrfCookieFilter(), CsrfFilter.class)
            .requestCache(cache -> cache.requestCache(pages))
            .exceptionHandling(handling -> handling.accessDeniedHandler(new ForbiddenHandler(permissions, audit, html, pages, login))
                .defaultAuthenticationEntryPointFor(unauthorized, StaffSessions::isDatabaseUnavailable)
                .defaultAuthenticationEntryPointFor(login, html)
                .defaultAuthenticationEntryPointFor(unauthorized, AnyRequestMatcher.INSTANCE))
            .build();
    }

    /** Forbids caching, except of pictures, whose route sets its own header. The headers here are set before the route runs. */
    private static void cachedPictures(HeadersConfigurer<HttpSecurity> headers) {
        headers.addHeaderWriter((request, response) -> PlainPathFilter.addHeaders(response));
        headers.cacheControl(HeadersConfigurer.CacheControlConfig::disable).addHeaderWriter(new DelegatingRequestMatcherHeaderWriter(
            new NegatedRequestMatcher(new OrRequestMatcher(at(null, "/images/**"), at(null, "/assets/**"))), new CacheControlHeadersWriter()));
    }

    /** An open address does not read the caller's session, so that it answers while the database is not available. */
    private static boolean isAllowed(Permissions permissions, Supplier<Authentication> caller, HttpServletRequest request) {
        String method = method(request);
        String path = request.getRequestURI();
        return permissions.may(null, method, path) || permissions.may(caller.get(), method, path);
    }

    /** Redirects to the page that the browser requested before the login, or to the overview. */
    private static AuthenticationSuccessHandler loggedIn(RequestCache pages) {
        SavedRequestAwareAuthenticationSuccessHandler onwards = new SavedRequestAwareAuthenticationSuccessHandler();
        onwards.setRequestCache(pages);
        return (request, response, login) -> {
            if (StaffSessions.isDatabaseUnavailable(request)) {
                LoginPage.failed(request, response, new AuthenticationServiceException("The session was not stored"));
            } else {
                onwards.onAuthenticationSuccess(request, response, login);
            }
        };
    }

    private static AuthenticationFilter bearer(Environment environment, LoginPauses pauses, UnauthorizedEntryPoint unauthorized, LoginAudit audit) {
        String secret = new Settings(environment).text("saddlebag.cron-secret");
        SchedulerLogin login = new SchedulerLogin(Optional.of(secret).filter(text -> !text.isEmpty()).map(Secret::new), pauses);
        AuthenticationFilter filter = new AuthenticationFilter(login, login);
        filter.setSuccessHandler((request, response, authentication) -> { });
        AuthenticationEntryPointFailureHandler refused = new AuthenticationEntryPointFailureHandler(unauthorized);
        filter.setFailureHandler((request, response, failure) -> {
            if (failure instanceof BadCredentialsException) {
                audit.failed(login.convert(request));
            }
            refused.onAuthenticationFailure(request, response, failure);
        });
        return filter;
    }

    /** @return the method of the call. A form of the console can only be sent by POST, so a field of the form names the method. */
    static String method(HttpServletRequest request) {
        String named = request.getRequestURI().startsWith(Permissions.BUTTONS) ? request.getParameter("_method") : null;
        return named == null || named.isBlank() ? request.getMethod() : named.strip();
    }

    private static MediaTypeRequestMatcher htmlAsked() {
        MediaTypeRequestMatcher html = new MediaTypeRequestMatcher(MediaType.TEXT_HTML);
        html.setIgnoredMediaTypes(Set.of(MediaType.ALL));
        return html;
    }

    private static RequestMatcher at(HttpMethod method, String path) {
        return PathPatternRequestMatcher.withDefaults().matcher(method, path);
    }
}
