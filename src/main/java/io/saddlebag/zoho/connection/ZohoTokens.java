package io.saddlebag.zoho.connection;

import io.saddlebag.common.SecretCipher;
import io.saddlebag.zoho.ZohoConnectionException;
import io.saddlebag.zoho.ZohoLimitException;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Requests access tokens and reads the answers, for rows of zoho_take_token. An answer with {@code access_token} is a success, whatever its status:
 * Zoho's token endpoint sends errors with HTTP 200.
 */
@Component("zohoTokens")
public class ZohoTokens {

    private static final Logger LOG = LoggerFactory.getLogger(ZohoTokens.class);
    private static final Duration EARLY = Duration.ofMinutes(5);
    private static final Duration USUAL_LIFE = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    /** How many characters of Zoho's own text are stored and logged. */
    private static final int LONGEST_TEXT = 200;

    private final SecretCipher cipher;
    private final ZohoHosts hosts;

    ZohoTokens(SecretCipher cipher, ZohoHosts hosts) {
        this.cipher = cipher;
        this.hosts = hosts;
    }

    /**
     * Sets the variables authorization and url.
     *
     * @throws ZohoLimitException while Zoho gives no token and the old one has expired
     * @throws ZohoConnectionException if a person has to correct the connection
     */
    public void authorize(@Variable("token") Map<String, Object> row, Exchange exchange) {
        switch (row.get("state").toString()) {
            case "cooldown" -> throw new ZohoLimitException(((Timestamp) row.get("valid_until")).toInstant(), "token");
            case "person" -> throw new ZohoConnectionException(row.get("to_do").toString());
            case "use" -> { }
            default -> throw new IllegalStateException("zoho_take_token returned the unknown state " + row.get("state"));
        }
        exchange.setVariable("authorization", "Zoho-oauthtoken " + secret(row, "access_token"));
        exchange.setVariable("url", hosts.url(text(row, "region"), text(row, "api_url"), (String) exchange.getVariable("path")));
    }

    /** @return the address of the token endpoint */
    public String url(Map<String, Object> row) {
        return hosts.accounts(text(row, "region"), text(row, "accounts_url")) + "/oauth/v2/token";
    }

    /** @return the address of the token endpoint of a region of {@link ZohoRegion} */
    public String urlIn(String region) {
        return hosts.accounts(region, null) + "/oauth/v2/token";
    }

    /** @return the body of a refresh, form-encoded: no redirect_uri, as Zoho's accounts documentation lists none */
    public String form(Map<String, Object> row) {
        return "grant_type=refresh_token&client_id=" + encoded(text(row, "client_id"))
                + "&client_secret=" + encoded(secret(row, "client_secret"))
                + "&refresh_token=" + encoded(secret(row, "refresh_token"));
    }

    /** @return the body that turns the code of a consent into tokens; the row is a connection's, its id as connection_id */
    public String codeForm(Map<String, Object> row, String redirectUri, String code) {
        return "grant_type=authorization_code&client_id=" + encoded(text(row, "client_id"))
                + "&client_secret=" + encoded(secret(row, "client_secret"))
                + "&redirect_uri=" + encoded(redirectUri) + "&code=" + encoded(code);
    }

    /**
     * @param answer the JSON of the answer; null if there is none
     * @param fault the failure of the request; null if an answer came
     * @param org organisation for which the token is requested; other organisations may share its connection
     */
    public TokenAnswer readTokenAnswer(Map<String, Object> row, Map<?, ?> answer, String fault, String org) {
        Object token = answer == null ? null : answer.get("access_token");
        if (token != null) {
            Duration life = life(answer);
            Duration use = max(life.minus(EARLY), life.multipliedBy(4).dividedBy(5));
            Object scopes = answer.get("scope");
            return new TokenAnswer("ok", cipher.encrypt(token.toString(), place(row, "access_token")), use.toSeconds(),
                    life.toSeconds(), hosts.knownApi(answer.get("api_domain")), scopes == null ? null : scopes.toString(), null,
                    null);
        }
        Object error = answer == null ? null : answer.get("error");
        String failure = fault != null ? fault : error != null ? plain(error) : withoutError(answer);
        LOG.warn("No access token for connection {}: {}", row.get("connection_id"), failure);
        if ("Access Denied".equals(error) || answer != null && "failure".equals(answer.get("status"))) { // the message may be in another language
            return TokenAnswer.without("throttled", failure, null);
        }
        String region = text(row, "region");
        return switch (failure) {
            case "invalid_code" -> TokenAnswer.without("person", failure, "Zoho no longer knows the refresh token (invalid_code): it was"
                    + " revoked, or is of another region than " + region + ". Open /oauth/connect?org=" + org + " in a browser to agree again,"
                    + " or make a new refresh token and set it" + setting("ZOHO_REFRESH_TOKEN", "refreshToken"));
            case "invalid_client" -> TokenAnswer.without("person", failure, "Zoho does not know this client in region " + region
                    + " (invalid_client): most often it was made in another region. Set the region of the API console in which it was made"
                    + setting("ZOHO_REGION", "region") + ", or correct the client id" + setting("ZOHO_CLIENT_ID", "clientId"));
            case "invalid_client_secret" -> TokenAnswer.without("person", failure, "Zoho refuses the client secret"
                    + " (invalid_client_secret). Correct it" + setting("ZOHO_CLIENT_SECRET", "clientSecret"));
            default -> TokenAnswer.without("unavailable", failure, null);
        };
    }

    /** @return Zoho's text in an answer without {@code error}; answer may be null */
    private static String withoutError(Map<?, ?> answer) {
        Object description = answer == null ? null : answer.get("error_description");
        return description == null ? "an answer without access_token" : plain(description);
    }

    /** @return the text on one line and cut to {@value #LONGEST_TEXT} characters: the server decides what it contains */
    private static String plain(Object text) {
        String line = text.toString().replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return line.length() <= LONGEST_TEXT ? line : line.substring(0, LONGEST_TEXT) + "…";
    }

    /** @return where the connection comes from: the settings, or an organisation that was set up through the API */
    private static String setting(String variable, String field) {
        return " (" + variable + ", or " + field + " of the organisation)";
    }

    /**
     * Reads the lifetime in seconds from {@code expires_in}; older answers had milliseconds there, and seconds in {@code expires_in_sec}. Without a
     * plausible number it is an hour, because the token is valid nevertheless.
     */
    private static Duration life(Map<?, ?> answer) {
        long life = wholeNumber(answer.get("expires_in_sec") != null ? answer.get("expires_in_sec") : answer.get("expires_in"));
        return life <= 0 || life > DAY.toMillis() ? USUAL_LIFE
                : life > DAY.toSeconds() ? Duration.ofMillis(life) : Duration.ofSeconds(life);
    }

    /** @return the number without its decimals; 0 if there is none, or if it is far too large */
    private static long wholeNumber(Object number) {
        try {
            BigDecimal value = new BigDecimal(String.valueOf(number).strip());
            return value.precision() - value.scale() > 18 ? 0 : value.longValue();
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private String secret(Map<String, Object> row, String column) {
        return cipher.decrypt((byte[]) row.get(column), place(row, column));
    }

    private static String place(Map<String, Object> row, String column) {
        return Connections.place(((Number) row.get("connection_id")).longValue(), column);
    }

    private static String text(Map<String, Object> row, String column) {
        return (String) row.get(column);
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
