package io.saddlebag.security;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2AuthorizationCodeGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenDecoderFactory;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenValidator;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestOperations;
import org.springframework.web.client.RestTemplate;

/**
 * Reads the provider's discovery document at the first login, keeps it once it was read, and calls the provider. A thread waits for each call, and strangers can cause
 * calls, so only few calls run at one time. While the provider does not answer, most calls fail at once.
 */
class OidcProvider implements ClientRegistrationRepository {

    static final String ID = "oidc";

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final int CALLS_AT_ONCE = 8;
    /** How long a problem is reported. Only the next login shows whether the provider answers again. */
    private static final Duration TROUBLE_REPORTED_FOR = Duration.ofMinutes(15);

    /** @param decoder reads ID tokens, and checks signature, issuer, audience and times */
    private record Known(ClientRegistration client, JwtDecoder decoder) {
    }

    private record Trouble(Instant at, String reason) {
    }

    private final OidcSettings settings;
    private final Semaphore places = new Semaphore(CALLS_AT_ONCE);
    private final CircuitBreaker answers = CircuitBreaker.of(ID, CircuitBreakerConfig.custom().slidingWindowSize(4).minimumNumberOfCalls(2).failureRateThreshold(60)
        .waitDurationInOpenState(Duration.ofSeconds(1)).permittedNumberOfCallsInHalfOpenState(1).recordExceptions(IOException.class).build());
    private final RestTemplate http;
    private volatile Known known;
    private volatile Trouble trouble;

    OidcProvider(OidcSettings settings) {
        this.settings = settings;
        JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT).build());
        requests.setReadTimeout(ANSWER);
        http = new RestTemplate(requests);
        http.getInterceptors().add(this::bounded);
    }

    private ClientHttpResponse bounded(HttpRequest request, byte[] body, ClientHttpRequestExecution call) throws IOException {
        if (!answers.tryAcquirePermission()) {
            throw new ConnectException("The provider did not answer a moment ago");
        }
        if (!places.tryAcquire()) {
            answers.releasePermission();
            throw new ConnectException("Too many logins at one time");
        }
        long begun = System.nanoTime();
        try {
            ClientHttpResponse answer = call.execute(request, body);
            answers.onSuccess(System.nanoTime() - begun, answers.getTimestampUnit());
            trouble = null;
            return answer;
        } catch (IOException | RuntimeException away) {
            answers.onError(System.nanoTime() - begun, answers.getTimestampUnit(), away);
            trouble = new Trouble(Instant.now(), "no answer");
            throw away;
        } finally {
            places.release();
        }
    }

    /** @throws OidcRefusal if the provider's discovery document cannot be read */
    @Override
    public ClientRegistration findByRegistrationId(String id) {
        return ID.equals(id) ? known().client() : null;
    }

    /** @return when and why a recent login failed because of the provider; empty if none failed, or if the provider has answered since */
    Optional<String> trouble() {
        return Optional.ofNullable(trouble).filter(one -> one.at().isAfter(Instant.now().minus(TROUBLE_REPORTED_FOR))).map(one -> one.at().truncatedTo(ChronoUnit.SECONDS) + ": " + one.reason());
    }

    JwtDecoder decoder() {
        return known().decoder();
    }

    RestOperations http() {
        return http;
    }

    OAuth2AccessTokenResponseClient<OAuth2AuthorizationCodeGrantRequest> tokens() {
        RestClientAuthorizationCodeTokenResponseClient tokens = new RestClientAuthorizationCodeTokenResponseClient();
        tokens.setRestClient(RestClient.builder(http).messageConverters(all -> {
            all.clear();
            all.add(new FormHttpMessageConverter());
            all.add(new OAuth2AccessTokenResponseHttpMessageConverter());
        }).build());
        return tokens;
    }

    private Known known() {
        if (known == null) { // two logins at the same time may both read the document
            String address = settings.issuer().replaceFirst("/$", "") + "/.well-known/openid-configuration";
            try {
                known = read(address, http.getForObject(address, Map.class));
            } catch (RestClientException | IllegalArgumentException e) {
                trouble = new Trouble(Instant.now(), address + " cannot be read");
                throw new OidcRefusal("away", address + " cannot be read: " + e.getMessage(), null, e);
            }
        }
        return known;
    }

    private Known read(String address, Map<?, ?> found) {
        String issuer = text(found, "issuer");
        if (!settings.isIssuer(issuer)) {
            throw new IllegalArgumentException("it is of the issuer " + issuer + ", which is not SADDLEBAG_OIDC_ISSUER");
        }
        for (String name : List.of("authorization_endpoint", "token_endpoint", "jwks_uri")) {
            if (!isAddress(found, name)) {
                throw new IllegalArgumentException("its " + name + " is not an https address");
            }
        }
        if (!text(found, "userinfo_endpoint").isEmpty() && !isAddress(found, "userinfo_endpoint")) {
            throw new IllegalArgumentException("its userinfo_endpoint is not an https address");
        }
        ClientRegistration client = ClientRegistration.withRegistrationId(ID).clientName(settings.name())
            .clientId(settings.clientId()).clientSecret(settings.clientSecret()).clientAuthenticationMethod(method(found))
            .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE).redirectUri("{baseUrl}" + OidcLogin.RETURN).scope(settings.scopes())
            .clientSettings(ClientRegistration.ClientSettings.builder().requireProofKey(true).build())
            .issuerUri(issuer).authorizationUri(text(found, "authorization_endpoint")).tokenUri(text(found, "token_endpoint")).jwkSetUri(text(found, "jwks_uri"))
            .userInfoUri(text(found, "userinfo_endpoint")).userNameAttributeName("sub").build();
        NimbusJwtDecoder decoder = NimbusJwtDecoder.withJwkSetUri(client.getProviderDetails().getJwkSetUri()).restOperations(http)
            .jwsAlgorithms(all -> all.addAll(algorithms(found))).build();
        decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(new JwtTimestampValidator(), new OidcIdTokenValidator(client)));
        decoder.setClaimSetConverter(OidcIdTokenDecoderFactory.createDefaultClaimTypeConverter());
        return new Known(client, decoder);
    }

    private ClientAuthenticationMethod method(Map<?, ?> found) {
        Collection<?> methods = found.get("token_endpoint_auth_methods_supported") instanceof Collection<?> some ? some : List.of("client_secret_basic");
        return settings.clientSecret().isEmpty() ? ClientAuthenticationMethod.NONE
            : methods.contains("client_secret_basic") || !methods.contains("client_secret_post") ? ClientAuthenticationMethod.CLIENT_SECRET_BASIC
            : ClientAuthenticationMethod.CLIENT_SECRET_POST;
    }

    /** @return the provider's signature algorithms with public keys. A signature with the client's secret would prove less. */
    private static Set<SignatureAlgorithm> algorithms(Map<?, ?> found) {
        Collection<?> named = found.get("id_token_signing_alg_values_supported") instanceof Collection<?> some ? some : List.of("RS256");
        Set<SignatureAlgorithm> known = named.stream().map(name -> SignatureAlgorithm.from(String.valueOf(name))).filter(one -> one != null).collect(Collectors.toSet());
        return known.isEmpty() ? Set.of(SignatureAlgorithm.RS256) : known;
    }

    private static boolean isAddress(Map<?, ?> found, String name) {
        return OidcSettings.isAddress(text(found, name).replaceFirst("\\?.*", ""));
    }

    private static String text(Map<?, ?> found, String name) {
        return found != null && found.get(name) instanceof String text ? text : "";
    }
}
