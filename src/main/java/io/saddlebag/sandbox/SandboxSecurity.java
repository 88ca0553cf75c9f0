package io.saddlebag.sandbox;

import jakarta.servlet.DispatcherType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.web.SecurityFilterChain;

/** Who may call the sandbox when it runs alone: everybody on this machine, which is all that its address lets in. */
@Configuration(proxyBeanMethods = false)
@Profile("sandbox")
class SandboxSecurity {

    @Bean
    SecurityFilterChain sandboxAlone(HttpSecurity http) throws Exception {
        return http.authorizeHttpRequests(calls -> calls
                        .dispatcherTypeMatchers(DispatcherType.ERROR).permitAll()
                        .requestMatchers("/sandbox/**", "/actuator/health/**").permitAll()
                        .anyRequest().denyAll())
                .csrf(AbstractHttpConfigurer::disable)
                .headers(AbstractHttpConfigurer::disable)
                .build();
    }
}
