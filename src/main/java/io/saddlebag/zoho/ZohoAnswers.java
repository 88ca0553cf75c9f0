package io.saddlebag.zoho;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/**
 * What an answer of Zoho means, by its {@code code} first and its status second, because the status lies: errors come
 * with 200 and limits without {@code Retry-After}. Sources: the error pages of Zoho Inventory v1 and Books v3.
 */
@Component("zohoAnswers")
public class ZohoAnswers {

    /** How long Zoho blocks after code 44 is nowhere said; a window is a minute. */
    private static final Duration MINUTE = Duration.ofMinutes(1);
    /** Asked again after an hour when code 45 comes without {@code x-rate-limit-reset}. */
    private static final Duration WITHOUT_RESET = Duration.ofHours(1);

    private final ObjectReader json = new ObjectMapper()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .readerFor(Map.class);

    /**
     * @param body the bytes of the answer
     * @return the JSON object in it, with decimals as they were sent, or null where there is none: an HTML error page,
     *         a truncated or an empty answer
     */
    public Map<String, Object> parse(byte[] body) {
        try {
            return body == null || body.length == 0 ? null : json.readValue(body);
        } catch (IOException notJson) {
            return null;
        }
    }

    /** @return Zoho's code as text that PostgreSQL can hold, or null where the answer has none */
    public String code(Map<String, Object> answer) {
        Object code = answer == null ? null : answer.get("code");
        return code == null ? null : code.toString().replace("\u0000", "");
    }

    /** @return a number of an {@code x-rate-limit-*} header; null where it is missing or a proxy made something else of it */
    public Integer number(Object header) {
        return header instanceof String text && text.matches("[0-9]{1,9}") ? Integer.valueOf(text) : null;
    }

    /**
     * @param status the HTTP status; null when no answer came
     * @param answer the JSON object; null when the answer is none
     * @param fault what happened on the way; null when an answer came
     * @param resetSeconds of {@code x-rate-limit-reset}: seconds until the day's budget renews; may be null
     * @return the answer, when it is one to work with
     * @throws ZohoException what the caller can do about it
     */
    public Map<String, Object> judge(@Variable("status") Integer status, @Variable("answer") Map<String, Object> answer,
            @Variable("fault") String fault, @Variable("dayReset") Integer resetSeconds) {
        if (fault != null) {
            throw new ZohoUnavailableException("No answer from Zoho: " + fault);
        }
        String code = code(answer);
        if (code != null) {
            switch (code) {
                case "44" -> throw new ZohoLimitException(Instant.now().plus(MINUTE), "minute");
                case "45" -> throw new ZohoLimitException(Instant.now().plus(
                        resetSeconds == null ? WITHOUT_RESET : Duration.ofSeconds(resetSeconds)), "day");
                case "1070" -> throw new ZohoUnavailableException("Zoho has too many calls in process (code 1070)");
                case "57", "14" -> throw new ZohoUnauthorizedException(said(status, answer)
                        + ". The access token is dead, or the connection lacks the scope for this call");
                case "6041" -> throw new ZohoRejectedException(said(status, answer)
                        + ". Set ZOHO_ORG_ID to an organisation of this connection's user");
                case "5", "1002" -> throw new ZohoGoneException(said(status, answer));
                default -> { }
            }
        }
        if (status == 429) {
            throw new ZohoLimitException(Instant.now().plus(MINUTE), "minute");
        }
        if (status == 401) {
            throw new ZohoUnauthorizedException(said(status, answer));
        }
        if (status >= 500 || status < 300 && answer == null) {
            throw new ZohoUnavailableException(said(status, answer));
        }
        if (status >= 300 || !"0".equals(code)) {
            throw new ZohoRejectedException(said(status, answer)
                    + (answer == null ? ". Check ZOHO_REGION and ZOHO_API_URL" : ""));
        }
        return answer;
    }

    private static String said(Integer status, Map<String, Object> answer) {
        if (answer == null) {
            return "Zoho answered " + status + " without JSON";
        }
        String message = String.valueOf(answer.get("message"));
        return "Zoho answered " + status + ", code " + answer.get("code") + ": "
                + message.substring(0, Math.min(200, message.length()));
    }
}
