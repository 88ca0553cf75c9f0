package io.saddlebag.security;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.common.BadSettingException;
import io.saddlebag.common.SecretCipher;
import io.saddlebag.http.LaxCookie;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.security.oauth2.client.web.AuthorizationRequestRepository;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.core.endpoint.PkceParameterNames;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.web.util.WebUtils;

/**
 * Keeps a login that has begun in an encrypted cookie, because the browser may return to another replica, and a caller who is not logged in must use no memory of this
 * process. Only the browser that began the login has the cookie, so no other browser can complete the login.
 */
class OidcRequestCookie implements AuthorizationRequestRepository<OAuth2AuthorizationRequest> {

    static final String COOKIE = "OIDC";

    private static final Duration MAX_DURATION = Duration.ofMinutes(10);
    private static final int MAX_ANSWERED = 10_000;
    /** The ciphertext can be decrypted only with this text. */
    private static final String PLACE = "cookie/" + COOKIE;
    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() { };

    private final OidcSettings settings;
    private final ObjectProvider<SecretCipher> cipher;
    private final ObjectMapper json = new ObjectMapper();
    /** The states of the last answers. */
    private final Set<String> answered = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX_ANSWERED;
        }
    }));

    /** @param cipher lazy, because the filters are created before the database is checked */
    OidcRequestCookie(OidcSettings settings, ObjectProvider<SecretCipher> cipher) {
        this.settings = settings;
        this.cipher = cipher;
    }

    @Override
    public void saveAuthorizationRequest(OAuth2AuthorizationRequest begun, HttpServletRequest request, HttpServletResponse response) {
        try {
            String text = json.writeValueAsString(Map.of("state", begun.getState(), "redirect", begun.getRedirectUri(),
                "nonce", begun.getAttribute(OidcParameterNames.NONCE), "verifier", begun.getAttribute(PkceParameterNames.CODE_VERIFIER),
                "until", Instant.now().plus(MAX_DURATION).toString()));
            String value = Base64.getUrlEncoder().withoutPadding().encodeToString(cipher.getObject().encrypt(text, PLACE));
            response.addCookie(LaxCookie.of(request, COOKIE, value, OidcLogin.ADDRESS, (int) MAX_DURATION.toSeconds()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A map of texts is JSON", e);
        }
    }

    /** @return null if the browser began no login, or began it too long ago */
    @Override
    public OAuth2AuthorizationRequest loadAuthorizationRequest(HttpServletRequest request) {
        Cookie cookie = WebUtils.getCookie(request, COOKIE);
        if (cookie == null) {
            return null;
        }
        try {
            Map<String, String> begun = json.readValue(cipher.getObject().decrypt(Base64.getUrlDecoder().decode(cookie.getValue()), PLACE), TEXTS);
            return Instant.now().isAfter(Instant.parse(begun.get("until"))) ? null : OAuth2AuthorizationRequest.authorizationCode()
                .clientId(settings.clientId()).authorizationUri(settings.issuer()).redirectUri(begun.get("redirect")).scopes(Set.copyOf(settings.scopes()))
                .state(begun.get("state")).attributes(Map.of(OAuth2ParameterNames.REGISTRATION_ID, OidcProvider.ID,
                    OidcParameterNames.NONCE, begun.get("nonce"), PkceParameterNames.CODE_VERIFIER, begun.get("verifier"))).build();
        } catch (JsonProcessingException | BadSettingException | IllegalArgumentException notOurs) {
            return null;
        }
    }

    /** The first answer removes the cookie. A copy of the cookie is of no use to the same process, so that one login causes few calls to the provider. */
    @Override
    public OAuth2AuthorizationRequest removeAuthorizationRequest(HttpServletRequest request, HttpServletResponse response) {
        response.addCookie(LaxCookie.of(request, COOKIE, "", OidcLogin.ADDRESS, 0));
        OAuth2AuthorizationRequest login = loadAuthorizationRequest(request);
        if (login == null || !answered.add(login.getState())) {
            return null;
        }
        String issuer = request.getParameter("iss");
        if (issuer != null && !settings.isIssuer(issuer)) {
            throw new OidcRefusal("answer", "The answer is of the issuer " + issuer, null, null);
        }
        return login;
    }
}
