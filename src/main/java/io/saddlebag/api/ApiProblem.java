package io.saddlebag.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.saddlebag.common.BadSettingException;
import io.saddlebag.common.FailureReason;
import io.saddlebag.database.DatabaseOutage;
import io.saddlebag.database.ReadOnlyEviction;
import io.saddlebag.http.BufferedRequest;
import io.saddlebag.problem.ApiException;
import io.saddlebag.webhook.WebhookRefusedException;
import io.saddlebag.zoho.ZohoException;
import io.saddlebag.zoho.ZohoGoneException;
import io.saddlebag.zoho.ZohoInProcessException;
import io.saddlebag.zoho.ZohoLimitException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/** Builds the answer to a request that failed (RFC 9457): the status, and a detail that tells a person what to do. */
@Component("apiProblem")
public class ApiProblem {

    private static final Logger LOG = LoggerFactory.getLogger(ApiProblem.class);

    private final ObjectMapper json = new ObjectMapper();

    /** Sets the status of the answer, and the variables retryAfter and error (the detail). @return the problem as JSON */
    public String of(Exchange exchange) throws JsonProcessingException {
        Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        ApiException request = FailureReason.find(ApiException.class, failure);
        ZohoLimitException limit = FailureReason.find(ZohoLimitException.class, failure);
        ZohoInProcessException inProcess = FailureReason.find(ZohoInProcessException.class, failure);
        ZohoException zoho = FailureReason.find(ZohoException.class, failure);
        WebhookRefusedException webhook = FailureReason.find(WebhookRefusedException.class, failure);
        BadSettingException setting = FailureReason.find(BadSettingException.class, failure);
        Map<String, Object> extensions = Map.of();
        int status;
        String detail;
        if (request != null) {
            status = request.status();
            detail = request.getMessage();
            extensions = request.extensions();
        } else if (webhook != null) {
            status = webhook.status();
            detail = webhook.getMessage();
            if (status == 429) {
                retryAfter(exchange, 1);
            }
        } else if (limit != null) {
            status = 503;
            detail = limit.getMessage();
            retryAfter(exchange, limit.until());
        } else if (inProcess != null) {
            status = 503;
            detail = inProcess.getMessage();
            retryAfter(exchange, inProcess.asLimit().until());
        } else if (zoho != null) {
            status = zoho instanceof ZohoGoneException ? 404 : 502;
            detail = zoho.getMessage();
        } else if (setting != null) {
            status = 500;
            detail = setting.getMessage();
        } else if (databaseIsAway(failure)) {
            status = 503;
            detail = ReadOnlyEviction.isTold(failure) ? "The database takes no writes at present. Nothing was changed; try again."
                : "The database does not answer. Try again; if the request makes a change, look first whether it was made.";
            retryAfter(exchange, 5);
        } else if (nobodyWaits(exchange)) {
            status = 503;
            detail = "The client no longer waited for this answer. Look whether a change was made before repeating the request";
            LOG.debug("Request failed after its sender was answered or had left, exchange {}", exchange.getExchangeId(), failure);
        } else {
            status = 500;
            detail = "Saddlebag failed on this request; see its log for exchange " + exchange.getExchangeId();
            LOG.error("Request failed, exchange {}", exchange.getExchangeId(), failure);
        }
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        exchange.setVariable("error", detail);
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("title", HttpStatus.valueOf(status).getReasonPhrase());
        problem.put("status", status);
        problem.put("detail", detail);
        problem.putAll(extensions);
        return json.writeValueAsString(problem);
    }

    private static void retryAfter(Exchange exchange, Instant until) {
        retryAfter(exchange, Math.max(1, Duration.between(Instant.now(), until).toSeconds()));
    }

    private static void retryAfter(Exchange exchange, long seconds) {
        exchange.setVariable("retryAfter", seconds);
    }

    /** Whether the client has closed the connection. The route then fails on the recycled request, and such failures must not fill the log. */
    private static boolean nobodyWaits(Exchange exchange) {
        HttpServletRequest http = exchange.getMessage().getHeader("CamelHttpServletRequest", HttpServletRequest.class);
        BufferedRequest request = http == null ? null : BufferedRequest.of(http);
        return request != null && request.isOver();
    }

    /** @return whether a further statement would wait and fail */
    static boolean databaseIsAway(Throwable failure) {
        return FailureReason.find(CallNotPermittedException.class, failure) != null // other requests found the database away just now
                || FailureReason.find(TransientDataAccessException.class, failure) != null || DatabaseOutage.isReasonOf(failure);
    }
}
