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
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AuthenticationEntryPointFailureHandler;
import org.springframework.security.web.authentication.AuthenticationFilter;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.authentication.SimpleUrlAuthenticationFailureHandler;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.csrf.CsrfTokenRequestAttributeHandler;
import org.springframework.security.web.header.writers.CacheControlHeadersWriter;
import org.springframework.security.web.header.writers.DelegatingRequestMatcherHeaderWriter;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.AndRequestMatcher;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.security.web.util.matcher.MediaTypeRequestMatcher;
import org.springframework.security.web.util.matcher.NegatedRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** Rules about who may call which address. An address without a rule is for staff only. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication
class AccessRules {

    private static final String ZOHO = "/api/zoho/";

    /**
     * Webhooks are authenticated by their signatures; an Authorization header of a webhook is ignored. A wrong method or an additional slash is
     * answered as such, not by a request to log in.
     */
    @Bean
    @Order(1)
    SecurityFilterChain openAccess(HttpSecurity http, Environment environment, Kinds kinds) throws Exception {
        RequestMatcher everyone = new OrRequestMatcher(
            at(null, "/api/zoho/webhooks/**"), request -> isWebhookAddress(kinds, request));
        boolean withImages = environment.getProperty("saddlebag.images.public", Boolean.class, false);
        RequestMatcher images = withImages ? at(null, "/images/**") : nothing -> false;
        RequestMatcher sandbox = new AndRequestMatcher(at(null, "/sandbox/**"), new LoopbackOnly());
        boolean withSandbox = environment.getRequiredProperty("saddlebag.sandbox.enabled", Boolean.class);
        return http.securityMatcher(withSandbox ? new OrRequestMatcher(everyone, images, sandbox) : new OrRequestMatcher(everyone, images))
            .authorizeHttpRequests(rules -> rules.anyRequest().permitAll())
            .headers(AccessRules::cachedPictures)
            // Nobody logs in at these addresses. The filters for logins cost a tenth of a webhook's processor time.
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
    SecurityFilterChain staffAccess(HttpSecurity http, Environment environment, LoginPauses pauses) throws Exception {
        UnauthorizedEntryPoint unauthorized = new UnauthorizedEntryPoint();
        RequestMatcher page = new AndRequestMatcher(at(GET, "/**"), htmlAsked());
        return http
            .authorizeHttpRequests(rules -> rules
                // This dispatch only follows a request that was refused or failed.
                .dispatcherTypeMatchers(DispatcherType.ERROR).permitAll()
                .requestMatchers(at(null, "/actuator/health/**"), at(null, "/api/zoho/health/**")).permitAll()
                .requestMatchers(at(null, "/sandbox/**")).denyAll() // from other machines, whoever calls
                // With GET, a link on another site's page would be enough to command Jolokia.
                .requestMatchers(at(GET, "/actuator/jolokia/**"), at(GET, "/actuator/hawtio/jolokia/**")).denyAll()
                .requestMatchers(at(POST, "/api/push/confirm")).hasRole("STAFF") // else it would be the name of a target
                .requestMatchers(at(POST, "/api/sync/{entity}"), at(GET, "/api/sync/runs/{id}"), at(GET, "/api/sync/runs/{id}/report"),
                    at(POST, "/api/push/{target}"))
                .hasAnyRole("STAFF", "SCHEDULER")
                .anyRequest().hasRole("STAFF"))
            .httpBasic(basic -> basic.authenticationEntryPoint(unauthorized))
            .formLogin(form -> form.defaultSuccessUrl("/actuator/hawtio/").withObjectPostProcessor(failedForm(unauthorized)))
            .addFilterBefore(bearer(environment, pauses, unauthorized), BasicAuthenticationFilter.class)
            .headers(AccessRules::cachedPictures)
            .csrf(csrf -> csrf.requireCsrfProtectionMatcher(new CsrfRequired())
                .csrfTokenRepository(CookieCsrfTokenRepository.withHttpOnlyFalse())
                .csrfTokenRequestHandler(new CsrfTokenRequestAttributeHandler()))
            .addFilterAfter(new CsrfCookieFilter(), CsrfFilter.class)
            .requestCache(cache -> cache.requestCache(new RequestedPageCookie(page)))
            .exceptionHandling(refused -> refused.accessDeniedHandler(new ForbiddenHandler())
                .defaultAuthenticationEntryPointFor(loginPage(), page)
                .defaultAuthenticationEntryPointFor(unauthorized, AnyRequestMatcher.INSTANCE))
            .build();
    }

    /** Forbids caching of everything but pictures, whose route sets its own header: the headers here are set before the route runs. */
    private static void cachedPictures(HeadersConfigurer<HttpSecurity> headers) {
        headers.addHeaderWriter((request, response) -> PlainPathFilter.addHeaders(response));
        headers.cacheControl(HeadersConfigurer.CacheControlConfig::disable).addHeaderWriter(new DelegatingRequestMatcherHeaderWriter(
            new NegatedRequestMatcher(at(null, "/images/**")), new CacheControlHeadersWriter()));
    }

    /** Redirects by path alone, because a caller can choose the Host header freely. */
    private static LoginUrlAuthenticationEntryPoint loginPage() {
        LoginUrlAuthenticationEntryPoint login = new LoginUrlAuthenticationEntryPoint(LoginFormFilter.ADDRESS);
        login.setFavorRelativeUris(true);
        return login;
    }

    /** Shows a wrong password on the login page. A login that was paused is answered as for a program. */
    private static ObjectPostProcessor<UsernamePasswordAuthenticationFilter> failedForm(UnauthorizedEntryPoint unauthorized) {
        SimpleUrlAuthenticationFailureHandler again = new SimpleUrlAuthenticationFailureHandler(LoginFormFilter.ADDRESS + "?error");
        again.setAllowSessionCreation(false);
        return new ObjectPostProcessor<>() {
            @Override
            public <T extends UsernamePasswordAuthenticationFilter> T postProcess(T filter) {
                filter.setAuthenticationFailureHandler((request, response, failure) -> {
                    if (failure instanceof LoginPausedException) {
                        unauthorized.commence(request, response, failure);
                    } else {
                        again.onAuthenticationFailure(request, response, failure);
                    }
                });
                return filter;
            }
        };
    }

    private static AuthenticationFilter bearer(Environment environment, LoginPauses pauses, UnauthorizedEntryPoint unauthorized) {
        String secret = new Settings(environment).text("saddlebag.cron-secret");
        SchedulerLogin login = new SchedulerLogin(Optional.of(secret).filter(text -> !text.isEmpty()).map(Secret::new), pauses);
        AuthenticationFilter filter = new AuthenticationFilter(login, login);
        filter.setSuccessHandler((request, response, authentication) -> { });
        filter.setFailureHandler(new AuthenticationEntryPointFailureHandler(unauthorized));
        return filter;
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
