package io.saddlebag.webhook;

import org.apache.camel.Exchange;
import org.apache.camel.spi.IdempotentRepository;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * The inbox as the repository of Camel's idempotent consumer. Adding an event commits it; the same statement tells whether the event is new.
 * So confirm does nothing, and an added event is never removed. Old events are removed by webhook-trim.
 */
@Component("webhookInbox")
public class WebhookInbox implements IdempotentRepository {

    private final JdbcTemplate database;
    private final InboxWriter commits;

    WebhookInbox(JdbcTemplate database, InboxWriter commits) {
        this.database = database;
        this.commits = commits;
    }

    /**
     * In: variable received, the event.
     *
     * @param digest digest of the event
     * @return whether it is new; sets eventId
     */
    @Override
    public boolean add(Exchange exchange, String digest) {
        InboxWriter.Receipt kept = commits.keep(exchange.getVariable("received", ReceivedEvent.class));
        exchange.setVariable("eventId", kept.key());
        return kept.accepted();
    }

    @Override
    public boolean contains(Exchange exchange, String digest) {
        return Boolean.TRUE.equals(database.queryForObject("SELECT EXISTS (SELECT FROM webhook_events WHERE org_id = ? AND event_id = ?)",
            Boolean.class, exchange.getVariable("org"), digest));
    }

    @Override
    public boolean confirm(Exchange exchange, String digest) {
        return true;
    }

    @Override
    public boolean remove(Exchange exchange, String digest) {
        return false;
    }

    @Override
    public boolean add(String digest) {
        throw new UnsupportedOperationException("An event is kept with its content");
    }

    @Override
    public boolean contains(String digest) {
        throw new UnsupportedOperationException("Each organisation has its own events");
    }

    @Override
    public boolean confirm(String digest) {
        return true;
    }

    @Override
    public boolean remove(String digest) {
        return false;
    }

    @Override
    public void clear() {
        // events that were answered are never removed all at once
    }

    @Override
    public void start() {
        // nothing to open
    }

    @Override
    public void stop() {
        // nothing to close
    }
}
