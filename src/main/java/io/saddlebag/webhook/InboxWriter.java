package io.saddlebag.webhook;

import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.stereotype.Component;

/**
 * Commits events in groups. A single event is committed at once. Events that arrive during a commit share the next one, so that each of
 * them costs the database a share of a transaction.
 */
@Component
class InboxWriter {

    private static final String RECEIVE = """
        SELECT kept.key, kept.accepted
          FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::timestamptz[], ?::boolean[], ?::text[])
               WITH ORDINALITY AS e(org, digest, entity, event, zoho_id, modified, complete, payload, turn)
         CROSS JOIN LATERAL receive_webhook(org, digest, entity, event, zoho_id, modified, complete, payload) kept
         ORDER BY turn""";
    private static final String STOPPING = "The webhook was not committed, because Saddlebag is shutting down";

    private final JdbcTemplate database;
    private final int patience;
    private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();
    private final ExecutorService committer;

    InboxWriter(JdbcTemplate database, @Value("${saddlebag.webhook.answer-within}") Duration patience, CamelContext camel) {
        this.database = database;
        this.patience = (int) patience.toMillis();
        this.committer = camel.getExecutorServiceManager().newSingleThreadExecutor(this, "webhook-commits");
    }

    /**
     * The result of storing an event.
     *
     * @param key the id of the event or, for a duplicate, of the event that the inbox has already
     * @param accepted false for a duplicate
     */
    record Receipt(String key, boolean accepted) {
    }

    private record Waiting(ReceivedEvent event, CompletableFuture<Receipt> receipt) {
    }

    /**
     * Returns when the event is committed.
     *
     * @throws org.springframework.dao.DataAccessException when the event is not committed before its sender gives up
     */
    Receipt keep(ReceivedEvent event) {
        if (event.modified() == null) {
            return commit(List.of(event)).get(0); // a hint may lock the row of another event, so several hints in one commit could deadlock
        }
        Waiting mine = new Waiting(event, new CompletableFuture<>());
        waiting.add(mine);
        committer.execute(this::commitWaiting); // a pool that was shut down drops this task silently
        if (committer.isShutdown() && waiting.remove(mine)) {
            throw new TransientDataAccessResourceException(STOPPING);
        }
        try {
            return mine.receipt.get(patience, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            waiting.remove(mine);
            throw new TransientDataAccessResourceException("The database does not commit webhooks", e);
        } catch (InterruptedException e) {
            waiting.remove(mine);
            Thread.currentThread().interrupt();
            throw new TransientDataAccessResourceException(STOPPING, e);
        }
    }

    private void commitWaiting() {
        List<Waiting> together = new ArrayList<>();
        waiting.drainTo(together);
        if (together.isEmpty()) {
            return; // an earlier commit took the event that this one was scheduled for
        }
        // Every process uses the same order. Two processes that received the same events in different orders could deadlock.
        together.sort(Comparator.comparing(one -> one.event.digest()));
        try {
            List<Receipt> receipts = commit(together.stream().map(Waiting::event).toList());
            for (int i = 0; i < receipts.size(); i++) {
                together.get(i).receipt.complete(receipts.get(i));
            }
        } catch (CannotAcquireLockException e) { // somebody locks the inbox
            together.forEach(one -> one.receipt.completeExceptionally(e));
        } catch (DataIntegrityViolationException | PessimisticLockingFailureException e) {
            commitOneByOne(together); // an event that the database refuses must not fail the others; in a deadlock each event alone waits for one row at most
        } catch (RuntimeException | Error e) {
            together.forEach(one -> one.receipt.completeExceptionally(e));
        }
    }

    private void commitOneByOne(List<Waiting> together) {
        CannotAcquireLockException locked = null; // the others would wait as long
        for (Waiting one : together) {
            try {
                if (locked != null) {
                    throw locked;
                }
                one.receipt.complete(commit(List.of(one.event)).get(0));
            } catch (CannotAcquireLockException e) {
                locked = e;
                one.receipt.completeExceptionally(e);
            } catch (RuntimeException | Error e) {
                one.receipt.completeExceptionally(e);
            }
        }
    }

    /** Sets the network timeout to the patience of the senders, so that a dead connection does not delay the waiting events for longer. */
    private List<Receipt> commit(List<ReceivedEvent> events) {
        return database.execute((Connection connection) -> {
            connection.setNetworkTimeout(Runnable::run, patience);
            JdbcTemplate here = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
            here.setExceptionTranslator(database.getExceptionTranslator());
            List<Receipt> receipts = here.query(RECEIVE,
                (row, number) -> new Receipt(row.getString("key"), row.getBoolean("accepted")),
                column(events, ReceivedEvent::org), column(events, ReceivedEvent::digest), column(events, ReceivedEvent::entity),
                column(events, ReceivedEvent::event), column(events, ReceivedEvent::zohoId), column(events, ReceivedEvent::modified),
                column(events, ReceivedEvent::complete), column(events, ReceivedEvent::payload));
            if (receipts.size() != events.size()) {
                throw new IllegalStateException("receive_webhook returned " + receipts.size() + " rows for " + events.size() + " events");
            }
            return receipts;
        });
    }

    private static String[] column(List<ReceivedEvent> events, Function<ReceivedEvent, Object> value) {
        return events.stream().map(value).map(one -> one == null ? null : one.toString()).toArray(String[]::new);
    }
}
