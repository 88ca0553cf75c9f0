package io.saddlebag.webhook;

import java.time.OffsetDateTime;
import org.apache.camel.Exchange;

/**
 * An event as it is to be kept.
 *
 * @param digest what repetitions of it have in common
 * @param modified the record's last_modified_time; null: a hint, for which the record is asked
 * @param complete whether the payload holds all that a row needs
 */
record ReceivedEvent(String org, String digest, String entity, String event, String zohoId, OffsetDateTime modified, boolean complete,
                     String payload) {

    /** @param exchange as webhook-read leaves it */
    static ReceivedEvent of(Exchange exchange, String digest) {
        return new ReceivedEvent(exchange.getVariable("org", String.class), digest, exchange.getVariable("entity", String.class),
            exchange.getVariable("event", String.class), exchange.getVariable("zohoId", String.class),
            exchange.getVariable("modified", OffsetDateTime.class), exchange.getVariable("complete", Boolean.class),
            exchange.getVariable("payload", String.class));
    }
}
