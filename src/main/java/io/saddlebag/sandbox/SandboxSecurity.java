package io.saddlebag.sandbox;

import io.saddlebag.http.LoopbackOnly;
import jakarta.servlet.DispatcherType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.AndRequestMatcher;
import org.springframework.security.web.util.matcher.NegatedRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Who may call the sandbox when it runs alone: everybody on this machine, which is all that its address lets in; its control, nobody
 * on behalf of others.
 */
@Configuration(proxyBeanMethods = false)
@Profile("sandbox")
class SandboxSecurity {

    private static final RequestMatcher CONTROL = PathPatternRequestMatcher.withDefaults().matcher("/sandbox/control/**");

    @Bean
    SecurityFilterChain sandboxAlone(HttpSecurity http) throws Exception {
        return http.authorizeHttpRequests(calls -> calls
                        .dispatcherTypeMatchers(DispatcherType.ERROR).permitAll()
                        .requestMatchers(new AndRequestMatcher(CONTROL, new NegatedRequestMatcher(new LoopbackOnly()))).denyAll()
                        .requestMatchers("/sandbox/**", "/actuator/health/**").permitAll()
                        .anyRequest().denyAll())
                .csrf(AbstractHttpConfigurer::disable)
                .headers(AbstractHttpConfigurer::disable)
                .build();
    }
}
