package io.saddlebag.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;
import org.apache.camel.Body;
import org.springframework.stereotype.Component;

/** Reads the health answer for the watch, routes/alerts/watch. */
@Component("alertWatch")
public class AlertWatch {

    private final AlertChannels channels;
    private final String process = UUID.randomUUID().toString();

    AlertWatch(AlertChannels channels) {
        this.channels = channels;
    }

    /** @return an id that no other process has */
    public String process() {
        return process;
    }

    /** @return the problems as JSON array; null if a health query got no answer, because then the list is not complete */
    public String findings(@Body JsonNode health) {
        return health.path("database").asText().equals("UP") ? health.get("findings").toString() : null;
    }

    /**
     * Whether the heartbeat may be sent. A missing heartbeat reports that Saddlebag cannot send messages. The channels report all other problems, so the heartbeat
     * is left out only while health is DOWN or a channel fails. If no channel is configured, the heartbeat is left out for any problem but its own: only a heartbeat
     * that arrives ends that one.
     */
    public boolean isWell(@Body JsonNode health) {
        if (!channels.hasHeartbeat()) {
            return false;
        }
        if (channels.names().isEmpty()) {
            return health.path("database").asText().equals("UP") && hasNoProblemButTheHeartbeat(health.path("findings"));
        }
        for (JsonNode channel : health.path("alerts").path("channels")) {
            if (channel.hasNonNull("failingSince")) {
                return false;
            }
        }
        return !health.path("status").asText().equals("DOWN");
    }

    private static boolean hasNoProblemButTheHeartbeat(JsonNode findings) {
        for (JsonNode finding : findings) {
            if (!finding.path("key").asText().equals("alerts.heartbeat")) {
                return false;
            }
        }
        return true;
    }
}
