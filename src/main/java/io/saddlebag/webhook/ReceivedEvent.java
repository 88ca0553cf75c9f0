package io.saddlebag.webhook;

import java.time.OffsetDateTime;

/**
 * An event as the inbox stores it.
 *
 * @param digest the same for each repetition of the event
 * @param modified the record's last_modified_time; null: the event is a hint, and the record is fetched
 * @param complete whether the payload holds all that a row needs
 */
public record ReceivedEvent(String org, String digest, String entity, String event, String zohoId, OffsetDateTime modified, boolean complete,
                            String payload) {
}
