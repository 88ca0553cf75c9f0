package io.saddlebag.alerts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.common.Settings;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Writes the text of a message: JSON for programs and for the chats of Slack and Teams, or an e-mail. */
@Component("alertText")
public class AlertText {

    /** A gathered message lists so many changes, and the number of the others. */
    private static final int MAX_LISTED = 20;
    private static final int MAX_SUBJECT_LENGTH = 120;
    private static final Pattern SLACK = Pattern.compile("hooks\\.slack(-gov)?\\.com");
    /** Workflows of Teams accept adaptive cards only. */
    private static final Pattern TEAMS = Pattern.compile("(.+\\.)?(logic\\.azure\\.com|powerplatform\\.com|powerautomate\\.com|webhook\\.office\\.com)");

    private final ObjectMapper json = new ObjectMapper();
    private final String publicUrl;
    private final String host;

    AlertText(Environment environment) {
        Settings settings = new Settings(environment);
        publicUrl = settings.text("saddlebag.public-url").replaceAll("/+$", "");
        host = Optional.ofNullable(URI.create(new AlertSettings(settings).webhook()).getHost()).orElse("");
    }

    /** @param message a row of alert_messages; alerts is JSON */
    public String json(Map<String, Object> message) throws JsonProcessingException {
        JsonNode alerts = json.readTree((String) message.get("alerts"));
        String text = text(message, alerts);
        ObjectNode body = json.createObjectNode().put("id", (String) message.get("message_id")).put("type", (String) message.get("kind"))
            .put("at", (String) message.get("at"));
        if (SLACK.matcher(host).matches()) {
            body.put("text", text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
        } else if (TEAMS.matcher(host).matches()) {
            body.put("type", "message").put("text", text);
            ObjectNode attachment = body.putArray("attachments").addObject().put("contentType", "application/vnd.microsoft.card.adaptive");
            attachment.putObject("content").put("type", "AdaptiveCard").put("version", "1.4").putArray("body").addObject().put("type", "TextBlock").put("wrap", true)
                .put("text", text.replace("\n", "\n\n"));
            return body.toString();
        } else {
            body.put("text", text);
        }
        body.set("alerts", alerts);
        return body.toString();
    }

    public String subject(Map<String, Object> message) throws JsonProcessingException {
        String first = text(message, json.readTree((String) message.get("alerts"))).lines().findFirst().orElse("");
        return "[Saddlebag] " + (first.length() <= MAX_SUBJECT_LENGTH ? first : first.substring(0, MAX_SUBJECT_LENGTH - 1) + "…");
    }

    public String mail(Map<String, Object> message) throws JsonProcessingException {
        return text(message, json.readTree((String) message.get("alerts"))).replace("\n", "\r\n") + "\r\n";
    }

    private String text(Map<String, Object> message, JsonNode alerts) {
        if ("test".equals(message.get("kind"))) {
            return "Test message of Saddlebag: this channel works." + (publicUrl.isEmpty() ? "" : "\n" + publicUrl + "/alerts");
        }
        StringBuilder text = new StringBuilder();
        if (alerts.size() == 1) {
            text.append(sentence(alerts.get(0)));
        } else {
            int firing = 0;
            for (JsonNode alert : alerts) {
                firing += isFiring(alert) ? 1 : 0;
            }
            text.append(firing).append(firing == 1 ? " problem" : " problems").append(", ").append(alerts.size() - firing).append(" over");
            for (int n = 0; n < Math.min(MAX_LISTED, alerts.size()); n++) {
                text.append("\n- ").append(sentence(alerts.get(n)));
            }
            if (alerts.size() > MAX_LISTED) {
                text.append("\nand ").append(alerts.size() - MAX_LISTED).append(" more: GET /api/alerts");
            }
        }
        return publicUrl.isEmpty() ? text.toString() : text.append("\n").append(publicUrl).append("/alerts").toString();
    }

    private String sentence(JsonNode alert) {
        long changes = alert.path("changes").asLong();
        String flapping = changes > 1 ? " (it came and went, " + changes + " changes since the last message)" : "";
        JsonNode mend = alert.path("mend");
        String link = isFiring(alert) && !publicUrl.isEmpty() && mend.path("method").asText().equals("GET")
            ? " " + mend.get("label").asText() + ": " + publicUrl + mend.get("address").asText() : "";
        return (isFiring(alert) ? "Problem" : "Over") + flapping + ": " + alert.get("text").asText() + link;
    }

    private static boolean isFiring(JsonNode alert) {
        return alert.path("state").asText().equals("firing");
    }
}
