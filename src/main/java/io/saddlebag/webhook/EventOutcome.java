package io.saddlebag.webhook;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.sql.Timestamp;
import java.util.Map;

/**
 * The outcome of one attempt at an event, as webhook-settle.sql reads it.
 *
 * @param until end of the claim, which must still hold
 * @param status done, ignored or dead; pending: the record must be fetched
 * @param alone whether the record must be fetched by its own id, not in a batch
 * @param askedAt when the request was sent that settles this event and earlier events of the record; null: there was none
 */
record EventOutcome(@JsonProperty("event_id") String eventId, String until, @JsonProperty("zoho_id") String zohoId, String status, String error,
              boolean alone, @JsonProperty("asked_at") String askedAt) {

    static final String FILTERED = "The organisation's filter leaves it out";

    /** @param error reason; null if there is none */
    static EventOutcome of(Map<String, Object> event, String status, String error) {
        return new EventOutcome((String) event.get("event_id"), text((Timestamp) event.get("claimed_until")), (String) event.get("zoho_id"), status,
            error, false, null);
    }

    EventOutcome byItself() {
        return new EventOutcome(eventId, until, zohoId, status, error, true, askedAt);
    }

    EventOutcome asked(Timestamp at) {
        return new EventOutcome(eventId, until, zohoId, status, error, alone, text(at));
    }

    private static String text(Timestamp at) {
        return at.toInstant().toString();
    }
}
