package io.saddlebag.webhook;

import org.apache.camel.Exchange;
import org.apache.camel.spi.IdempotentRepository;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * The inbox as Camel's memory of what came before. To add is to commit the event, in the one statement that also tells whether
 * it is new; so nothing is confirmed, and nothing that was added is ever taken back. Trimming forgets.
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
     * @param digest of the event; the event is the variable received
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
        // what was answered is never forgotten at a stroke
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
