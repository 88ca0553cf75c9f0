package io.saddlebag.zoho;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.saddlebag.common.DeclaredCharset;
import io.saddlebag.common.FailureReason;
import io.saddlebag.zoho.ZohoAnswer.Limits;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.apache.camel.Headers;
import org.apache.camel.Variable;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/** Reads answers of Zoho, and turns the meaning that {@link AnswerTable} gives them into a result or an exception. */
@Component("zohoAnswers")
public class ZohoAnswers {

    /** Zoho does not document how long it blocks after code 44; its window is a minute. */
    private static final Duration MINUTE = Duration.ofMinutes(1);
    /** The wait after code 45 without {@code x-rate-limit-reset}. */
    private static final Duration WITHOUT_RESET = Duration.ofHours(1);
    /** A day, and one hour more for the day on which the clocks change. */
    private static final int LONGEST_DAY = 25 * 3600;
    private static final int LONGEST_CODE = 50;
    private static final int LONGEST_MESSAGE = 200;

    /** Faults after which nothing can have reached Zoho: no address, no connection, no place in the pool, no TLS. */
    private static final List<Class<? extends Exception>> BEFORE_SENDING = List.of(ConnectException.class, ConnectTimeoutException.class,
            ConnectionRequestTimeoutException.class, UnknownHostException.class, NoRouteToHostException.class, SSLHandshakeException.class,
            SSLPeerUnverifiedException.class);

    private final ObjectReader json = new ObjectMapper()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .readerFor(Map.class);
    private final ZohoMedia media = new ZohoMedia();
    private final RetryAfter retryAfter;
    private final FailureReason reason;
    private final long longest;
    private final Duration longestWait;

    ZohoAnswers(@Value("${zoho.longest-answer}") DataSize longest, @Value("${zoho.longest-wait}") Duration longestWait,
            RetryAfter retryAfter, FailureReason reason) {
        this.longest = longest.toBytes();
        this.longestWait = longestWait;
        this.retryAfter = retryAfter;
        this.reason = reason;
    }

    /**
     * @param body the answer's bytes; one byte more than {@code zoho.longest-answer} if the answer was cut off there
     * @param accept media types of the requested file, such as {@code image/*}; null if JSON was requested
     * @param path path of the call, which tells the product
     * @param records the number of records that the call writes; null if its caller does not say
     */
    public ZohoAnswer read(@Headers Map<String, Object> headers, @Body byte[] body, @Variable("accept") String accept,
            @Variable("path") String path, @Variable("records") Integer records) {
        String date = text(headers, "Date");
        String contentType = text(headers, Exchange.CONTENT_TYPE);
        Limits limits = new Limits(number(text(headers, "x-rate-limit-limit")), number(text(headers, "x-rate-limit-remaining")),
                seconds(text(headers, "x-rate-limit-reset")), null, number(text(headers, "X-API-CREDITS-REMAINING")));
        ZohoAnswer answer = read(ZohoProduct.of(path), records, (Integer) headers.get(Exchange.HTTP_RESPONSE_CODE), body,
                contentType, text(headers, "Location")).with(limits, date);
        ZohoAnswer whole = answer.with(limits.withRetryAfter(retryAfter.seconds(text(headers, "Retry-After"), date, answer)), date);
        return accept == null ? whole : media.read(whole, body, accept, contentType);
    }

    /** @return the header; the first one if it came several times, as from a proxy that adds its own; null if it is missing */
    private static String text(Map<String, Object> headers, String name) {
        Object value = headers.get(name);
        Object first = value instanceof List<?> list ? list.stream().findFirst().orElse(null) : value;
        return first == null ? null : first.toString();
    }

    /** @param status null if the exchange failed before a status arrived */
    public ZohoAnswer withoutResponse(@Header(Exchange.HTTP_RESPONSE_CODE) Integer status, @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception fault) {
        return ZohoAnswer.none(status, reason.of(fault), status != null || BEFORE_SENDING.stream().noneMatch(type -> FailureReason.find(type, fault) != null));
    }

    /** An answer of Inventory or Books. */
    ZohoAnswer read(int status, byte[] body, String contentType, String location) {
        return read(ZohoProduct.FINANCE, null, status, body, contentType, location);
    }

    /**
     * @param records the number of records that the call writes; null if its caller does not say
     * @param contentType type of the body, perhaps with its charset; null if there is none
     * @param location the header of a redirect; null if there is none
     */
    ZohoAnswer read(ZohoProduct product, Integer records, int status, byte[] body, String contentType, String location) {
        Map<String, Object> object = status == 204 && product.hasResultsWithoutCode() ? Map.of() : parse(body, contentType);
        List<?> results = product == ZohoProduct.CRM && object != null && object.get("data") instanceof List<?> list ? list : null;
        if (results != null && status >= 400 && records != null && records != results.size()) { // no results of the records, but the refusal of the whole call
            object = results.isEmpty() ? object : element(results.get(0));
            results = null;
        }
        Object code = object == null ? null : object.getOrDefault("code", product == ZohoProduct.DESK ? object.get("errorCode") : null);
        boolean result = results != null
                || object != null && product.hasResultsWithoutCode() && code == null && status >= 200 && status < 300;
        return ZohoAnswer.of(status, result ? BodyShape.RESULT : object != null ? BodyShape.JSON : shapeWithoutJson(body), object,
                code == null ? null : plain(code, LONGEST_CODE),
                object == null || object.get("message") == null ? "" : plain(object.get("message"), LONGEST_MESSAGE),
                host(location));
    }

    /**
     * @param contentType may be null
     * @return the JSON object in a body, with decimals as they were sent; null if there is no complete one
     */
    public Map<String, Object> parse(byte[] body, String contentType) {
        if (body == null || body.length == 0 || body.length > longest) {
            return null;
        }
        try {
            Charset charset = DeclaredCharset.of(contentType);
            return charset.equals(StandardCharsets.UTF_8) ? json.readValue(body) : json.readValue(DeclaredCharset.decode(body, charset));
        } catch (IOException notJson) {
            return null;
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> element(Object of) {
        return of instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    private BodyShape shapeWithoutJson(byte[] body) {
        if (body != null && body.length > longest) {
            return BodyShape.TOO_LONG;
        }
        String text = body == null ? "" : new String(body, StandardCharsets.UTF_8).strip();
        return text.isEmpty() ? BodyShape.EMPTY : text.startsWith("{") ? BodyShape.TRUNCATED : BodyShape.TEXT;
    }

    /** @return the text, shortened, without characters that a log line or PostgreSQL cannot hold */
    private static String plain(Object words, int longest) {
        return words.toString().codePoints().limit(longest)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }

    /** @return only the host, because path and query of a redirect may hold secrets */
    private static String host(String location) {
        try {
            return location == null ? null : new URI(location).getHost();
        } catch (URISyntaxException e) {
            return null;
        }
    }

    /** @return the number in an {@code x-rate-limit-*} header; null if the header is missing or has no number, for example because of a proxy */
    private static Integer number(Object header) {
        return header instanceof String text && text.matches("[0-9]{1,9}") ? Integer.valueOf(text) : null;
    }

    /** @return seconds of {@code x-rate-limit-reset}; null if the header is missing, or if they are more than a day has */
    static Integer seconds(Object header) {
        Integer seconds = number(header);
        return seconds == null || seconds > LONGEST_DAY ? null : seconds;
    }

    /**
     * @param repeatable false for a call that must not be carried out twice; null for true
     * @return the JSON or the file of a successful answer; an empty map for a result without a body
     * @throws ZohoException for every other answer; its class tells the caller how to react
     */
    public Object result(@Variable("answer") ZohoAnswer answer, @Variable("repeatable") Boolean repeatable) {
        if (Boolean.FALSE.equals(repeatable) && answer.isUncertain()) {
            throw new ZohoUnknownException(answer);
        }
        return judge(answer);
    }

    /**
     * Called when the ledger could not be written after the call. The caller gets that failure; but if the call must not be carried out twice and may
     * have been carried out, the caller is told that the outcome is unknown.
     *
     * @param answer null when the call was not sent
     */
    public void lost(@Variable("answer") ZohoAnswer answer, @Variable("repeatable") Boolean repeatable,
            @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure) throws Exception {
        if (Boolean.FALSE.equals(repeatable) && answer != null && (answer.isUncertain() || answer.meaning() == AnswerMeaning.OK)) {
            throw new ZohoUnknownException(answer, failure);
        }
        throw failure;
    }

    Object judge(ZohoAnswer answer) {
        if (answer.fault() != null) {
            throw new ZohoUnavailableException("No answer from Zoho: " + answer.fault());
        }
        Integer resetSeconds = answer.limits().dayReset();
        Integer waitSeconds = answer.limits().retryAfter();
        switch (answer.meaning()) {
            case OK:
                return answer.file() != null ? answer.file() : answer.json();
            case MINUTE:
                throw new ZohoLimitException(in(waitSeconds, MINUTE), "minute");
            case DAY:
                throw new ZohoLimitException(in(resetSeconds == null ? waitSeconds : resetSeconds, WITHOUT_RESET), "day");
            case IN_PROCESS:
                if (isLong(waitSeconds)) {
                    throw new ZohoLimitException(in(waitSeconds, null), "in-flight");
                }
                throw new ZohoInProcessException(answer.description());
            case RETRY, FAILURE:
                if (isLong(waitSeconds)) {
                    throw new ZohoLimitException(in(waitSeconds, null), "retry-after");
                }
                throw new ZohoUnavailableException(answer.description());
            case REFRESH:
                throw new ZohoUnauthorizedException(answer.description());
            case SCOPE:
                throw new ZohoScopeException(answer.description());
            case GONE:
                throw new ZohoGoneException(answer);
            case TOO_LONG:
                throw new ZohoTooLongException(answer.description());
            case WRONG_ORGANISATION:
                throw new ZohoOrganisationException(answer);
            default:
                throw answer.mayBeNotThere() ? new ZohoNotThereException(answer) : new ZohoRejectedException(answer);
        }
    }

    private static Instant in(Integer seconds, Duration otherwise) {
        return Instant.now().plus(seconds == null ? otherwise : Duration.ofSeconds(seconds));
    }

    /** A shorter wait is left to the repeated call, which waits before its slot. */
    private boolean isLong(Integer seconds) {
        return seconds != null && seconds > longestWait.toSeconds();
    }
}
