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

/** What a call to Meta needs beside its route: address, token, and the meaning of the answer. */
@Component("metaClient")
public class MetaClient {

    private static final int LONGEST_MESSAGE = 1000;

    private final ObjectMapper json = new ObjectMapper();
    private final String root;
    private final Duration longestWait;
    private final Duration pause;
    private final SecretCipher cipher;
    private final FailureReason reason;

    /** @param pause how long no call is sent after Meta's limit was met: Meta does not say when it ends */
    MetaClient(@Value("${saddlebag.meta.address}") String address, @Value("${saddlebag.meta.version}") String version,
            @Value("${zoho.longest-wait}") Duration longestWait, @Value("${saddlebag.meta.limit-pause}") Duration pause, SecretCipher cipher, FailureReason reason) {
        this.root = address.replaceAll("/+$", "") + "/" + version;
        this.longestWait = longestWait;
        this.pause = pause;
        this.cipher = cipher;
        this.reason = reason;
    }

    /**
     * @param slot a row of meta_take_slot
     * @throws ZohoConnectionException when the organisation has no catalogue
     * @throws ZohoLimitException      when a slot is too far away to wait for
     */
    public void checkSlot(@Variable("org") String org, @Variable("slot") Map<String, Object> slot) {
        if (slot.get("catalogue") == null || slot.get("token") == null) {
            throw new ZohoConnectionException("Organisation " + org + " has no catalogue at Meta: no call was made. PATCH /api/organisations/" + org
                + " with {\"meta\":{\"catalogue\":\"<id>\",\"token\":\"<token of a system user>\"}}");
        }
        if (slot.get("call_id") == null) {
            Duration wait = Duration.ofMillis(((Number) slot.get("wait_ms")).longValue());
            if (wait.compareTo(longestWait) > 0) {
                throw new ZohoLimitException(Instant.now().plus(wait), "meta");
            }
        }
    }

    /** @return the header Authorization */
    public String authorization(@Variable("org") String org, @Variable("slot") Map<String, Object> slot) {
        return "Bearer " + cipher.decrypt((byte[]) slot.get("token"), "organisations/" + org + "/meta_token");
    }

    /** @param path as a declaration has it: /meta/{catalogue}/items_batch */
    public String url(@Variable("path") String path, @Variable("slot") Map<String, Object> slot) {
        return root + path.substring("/meta".length()).replace("{catalogue}", slot.get("catalogue").toString());
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
     * @return the answer's JSON
     * @throws io.saddlebag.zoho.ZohoException what the caller can do about it
     */
    public Map<String, Object> result(@Variable("org") String org, @Variable("answer") MetaAnswer answer) {
        if (answer.fault() != null) {
            throw new ZohoUnavailableException("No answer from Meta: " + answer.fault());
        } else if (answer.isLimit()) {
            throw new ZohoLimitException(Instant.now().plus(pause), "meta");
        } else if (answer.isFailure()) {
            throw new ZohoUnavailableException(answer.description());
        } else if (answer.isRefusedAccess()) {
            throw new ZohoConnectionException(answer.description() + ". Check at Meta that the catalogue is there and that the system user may manage it; then PATCH"
                + " /api/organisations/" + org + " with meta.catalogue and meta.token");
        } else if (answer.status() >= 300 || answer.code() != null) {
            throw new MetaRejectedException(answer);
        }
        return answer.json();
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> parse(byte[] body) {
        try {
            return body == null || body.length == 0 ? null : json.readValue(body, Map.class);
        } catch (IOException notJson) {
            return null;
        }
    }

    /** Short, and without what a log line or PostgreSQL cannot hold. */
    private static String plain(String words) {
        return words.codePoints().limit(LONGEST_MESSAGE).map(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? ' ' : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }
}
