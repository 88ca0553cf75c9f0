package io.saddlebag.sandbox;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.annotation.Order;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.util.matcher.IpAddressMatcher;

/**
 * Who may call a sandbox that runs alone: this machine and nobody else. It checks Zoho's credentials itself, in headers that
 * a login would take for its own. Beside the application, that one's own rules let it be called.
 */
@Configuration(proxyBeanMethods = false)
@Profile("sandbox")
class SandboxSecurity {

    private static final IpAddressMatcher IPV4 = new IpAddressMatcher("127.0.0.0/8");
    private static final IpAddressMatcher IPV6 = new IpAddressMatcher("::1");

    @Bean
    @Order(1)
    SecurityFilterChain sandboxChain(HttpSecurity http) throws Exception {
        return http.securityMatcher("/sandbox/**")
                .authorizeHttpRequests(calls -> calls.anyRequest().access((login, call) -> new AuthorizationDecision(
                        IPV4.matches(call.getRequest()) || IPV6.matches(call.getRequest()))))
                .csrf(AbstractHttpConfigurer::disable)
                .headers(AbstractHttpConfigurer::disable)
                .build();
    }

    /** Alone, there is nothing else to guard but what the actuator shows to everybody. */
    @Bean
    @Order(2)
    SecurityFilterChain sandboxAloneChain(HttpSecurity http) throws Exception {
        return http.authorizeHttpRequests(calls -> calls.requestMatchers("/actuator/health/**").permitAll()
                .anyRequest().denyAll()).build();
    }
}
