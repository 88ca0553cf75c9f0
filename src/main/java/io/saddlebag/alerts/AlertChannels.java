package io.saddlebag.alerts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.saddlebag.common.FailureReason;
import io.saddlebag.common.Settings;
import jakarta.mail.SendFailedException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.apache.camel.component.mail.DefaultJavaMailSender;
import org.apache.camel.component.mail.JavaMailSender;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * The channels of alerts: their addresses, the signature of a message, and the meaning of an answer. Addresses and passwords are secrets. No log line, answer or
 * JMX bean may show them.
 */
@Component("alertChannels")
public class AlertChannels {

    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    private static final String MAC = "HmacSHA256";
    /** Request Timeout, Too Early, Too Many Requests: the only 4xx statuses after which the same message may be accepted later. */
    private static final Set<Integer> PASSING = Set.of(408, 425, 429);

    private final AlertSettings settings;
    private final FailureReason reason;
    private final String webhook;
    private final byte[] key;

    AlertChannels(Environment environment, FailureReason reason) {
        settings = new AlertSettings(new Settings(environment));
        this.reason = reason;
        webhook = settings.webhook();
        key = settings.signingKey();
    }

    /** @return the names of the configured channels, separated by commas; may be empty */
    public String names() {
        return Stream.of(settings.byEmail() ? "email" : "", settings.byWebhook() ? "webhook" : "").filter(name -> !name.isEmpty()).collect(Collectors.joining(","));
    }

    public String webhookUrl() {
        return webhook;
    }

    /** @return empty if no heartbeat is configured */
    public String heartbeatUrl() {
        return settings.heartbeat();
    }

    public boolean hasHeartbeat() {
        return !heartbeatUrl().isEmpty();
    }

    public String sender() {
        return settings.sender();
    }

    public String recipients() {
        return String.join(",", settings.recipients());
    }

    /** @return the Message-ID. It is the same for each attempt, so that a mailbox can recognise a message that it has already. */
    public String mailId(Map<String, Object> message) {
        String sender = sender();
        return "<" + message.get("message_id") + sender.substring(sender.lastIndexOf('@')).replaceAll("[^@A-Za-z0-9.-]", "") + ">";
    }

    /** Sets the headers of Standard Webhooks. The signature is left out if no secret is configured. In: the JSON as text. Out: the JSON as bytes. */
    public void sign(Exchange exchange) throws GeneralSecurityException {
        Message request = exchange.getMessage();
        String id = (String) exchange.getVariable("message", Map.class).get("message_id");
        String time = Long.toString(Instant.now().getEpochSecond());
        byte[] body = request.getBody(String.class).getBytes(UTF_8);
        request.setBody(body);
        request.setHeader("webhook-id", id);
        request.setHeader("webhook-timestamp", time);
        if (key != null) {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(key, MAC));
            mac.update((id + "." + time + ".").getBytes(UTF_8));
            request.setHeader("webhook-signature", "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body)));
        }
    }

    /** @throws AlertRefusedException unless the status is 2xx */
    public void checkAnswer(@Header(Exchange.HTTP_RESPONSE_CODE) int status, @Header("Retry-After") String retryAfter) {
        if (status < 200 || status > 299) {
            throw new AlertRefusedException("The receiver answered " + status, seconds(retryAfter), status / 100 == 4 && !PASSING.contains(status));
        }
    }

    /**
     * @return error, one line; pause, the seconds for which the receiver asked, or null; permanent, whether the receiver would refuse the same message again;
     *         delivered, whether some of the recipients have it
     */
    public Map<String, Object> failure(Exception failure) {
        AlertRefusedException refused = FailureReason.find(AlertRefusedException.class, failure);
        SendFailedException mail = FailureReason.find(SendFailedException.class, failure);
        MailRefusal refusal = mail == null ? null : MailRefusal.of(mail);
        Map<String, Object> result = new HashMap<>();
        result.put("error", refused != null ? refused.getMessage() : refusal != null ? refusal.text() : reason.of(failure));
        result.put("pause", refused == null ? null : refused.pause());
        result.put("permanent", refused != null ? refused.permanent() : refusal != null && refusal.permanent());
        result.put("delivered", refusal != null && refusal.delivered());
        return result;
    }

    @Bean
    JavaMailSender alertMail() {
        DefaultJavaMailSender mail = new DefaultJavaMailSender();
        if (settings.byEmail()) {
            SmtpServer server = settings.smtpServer();
            mail.setProtocol(server.protocol());
            mail.setHost(server.host());
            mail.setPort(server.port());
            mail.setUsername(server.user());
            mail.setPassword(server.password());
            mail.setJavaMailProperties(server.properties());
        }
        return mail;
    }

    /** @return the seconds of the header Retry-After, at most an hour; null for a date or no header */
    private static Integer seconds(String retryAfter) {
        return retryAfter == null || !retryAfter.matches("[0-9]{1,8}") ? null : (int) Math.min(Integer.parseInt(retryAfter), LONGEST_PAUSE.toSeconds());
    }
}
