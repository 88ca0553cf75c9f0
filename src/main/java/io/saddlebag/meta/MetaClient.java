package io.saddlebag.meta;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.common.FailureReason;
import io.saddlebag.common.SecretCipher;
import io.saddlebag.zoho.ZohoConnectionException;
import io.saddlebag.zoho.ZohoLimitException;
import io.saddlebag.zoho.ZohoUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Supplies a call to Meta with its URL and token, and turns the answer into JSON or an exception. */
@Component("metaClient")
public class MetaClient {

    private static final int MAX_MESSAGE_CODE_POINTS = 1000;

    private final ObjectMapper mapper = new ObjectMapper();
    private final String baseUrl;
    private final Duration longestWait;
    private final Duration pause;
    private final SecretCipher cipher;
    private final FailureReason reason;

    /** @param pause for how long no call is sent after Meta answered with a limit. Meta does not say when the limit ends. */
    MetaClient(@Value("${saddlebag.meta.address}") String address, @Value("${saddlebag.meta.version}") String version,
            @Value("${zoho.longest-wait}") Duration longestWait, @Value("${saddlebag.meta.limit-pause}") Duration pause, SecretCipher cipher, FailureReason reason) {
        this.baseUrl = address.replaceAll("/+$", "") + "/" + version;
        this.longestWait = longestWait;
        this.pause = pause;
        this.cipher = cipher;
        this.reason = reason;
    }

    /**
     * Returns if the call may be sent now, or after a short wait.
     *
     * @param slot a row of meta_take_slot
     * @throws ZohoConnectionException if Saddlebag has no catalogue or token for the organisation
     * @throws ZohoLimitException      if the next slot is free only after more than zoho.longest-wait
     */
    public void failUnlessCallable(@Variable("org") String org, @Variable("slot") Map<String, Object> slot) {
        if (slot.get("catalogue") == null || slot.get("token") == null) {
            throw new ZohoConnectionException("Organisation " + org + " has no Meta catalogue or token in Saddlebag. No call was made. To set them, send PATCH"
                + " /api/organisations/" + org + " with {\"meta\":{\"catalogue\":\"<id>\",\"token\":\"<token of a system user>\"}}");
        }
        if (slot.get("call_id") == null) {
            Duration wait = Duration.ofMillis(((Number) slot.get("wait_ms")).longValue());
            if (wait.compareTo(longestWait) > 0) {
                throw new ZohoLimitException(Instant.now().plus(wait), "meta");
            }
        }
    }

    /** @return the value of the header Authorization */
    public String authorization(@Variable("org") String org, @Variable("slot") Map<String, Object> slot) {
        return "Bearer " + cipher.decrypt((byte[]) slot.get("token"), "organisations/" + org + "/meta_token");
    }

    /** @param path as in the declaration of a target, such as /meta/{catalogue}/items_batch */
    public String url(@Variable("path") String path, @Variable("slot") Map<String, Object> slot) {
        return baseUrl + path.substring("/meta".length()).replace("{catalogue}", slot.get("catalogue").toString());
    }

    public MetaAnswer read(@Header(Exchange.HTTP_RESPONSE_CODE) int status, @Body byte[] body) {
        Map<String, Object> object = parse(body);
        Map<?, ?> error = object != null && object.get("error") instanceof Map<?, ?> found ? found : Map.of();
        return new MetaAnswer(status, error.get("code") instanceof Number code ? code.intValue() : null, error.get("type") instanceof String type ? type : null,
            error.get("message") instanceof String message ? plain(message) : "", object, null);
    }

    public MetaAnswer withoutResponse(@ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception fault) {
        return new MetaAnswer(null, null, null, "", null, reason.of(fault));
    }

    /**
     * @return the JSON object of a successful answer, never null: an answer without a JSON object counts as a failure of Meta
     * @throws io.saddlebag.zoho.ZohoException the type tells the caller how to react
     */
    public Map<String, Object> jsonOrThrow(@Variable("org") String org, @Variable("answer") MetaAnswer answer) {
        if (answer.fault() != null) {
            throw new ZohoUnavailableException("No answer from Meta: " + answer.fault());
        } else if (answer.isLimit()) {
            throw new ZohoLimitException(Instant.now().plus(pause), "meta");
        } else if (answer.isFailure()) {
            throw new ZohoUnavailableException(answer.description());
        } else if (answer.isRefusedAccess()) {
            throw new ZohoConnectionException(answer.description() + ". Check at Meta that the catalogue exists and that the system user may manage it. Then send PATCH"
                + " /api/organisations/" + org + " with meta.catalogue and meta.token");
        } else if (answer.status() >= 300 || answer.code() != null) {
            throw new MetaRejectedException(answer);
        }
        return answer.json();
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> parse(byte[] body) {
        try {
            return body == null || body.length == 0 ? null : mapper.readValue(body, Map.class);
        } catch (IOException notJson) {
            return null;
        }
    }

    /** @return the words, shortened, with a space for each character that a log line or PostgreSQL cannot hold */
    private static String plain(String words) {
        return words.codePoints().limit(MAX_MESSAGE_CODE_POINTS).map(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? ' ' : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }
}
