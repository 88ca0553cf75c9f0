package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.testkit.SaddlebagServer;
import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is received at the same time shares a commit, and only that. */
@Tag("sql")
class CommitsIT extends WebhookCase {

    private static final int SENDERS = 12;
    private static final String NEVER_KEPT = "Never kept";

    @Test
    void whatComesWhileOthersAreCommittedSharesTheNextCommit() throws Exception {
        Together sent = together(IntStream.range(0, SENDERS).mapToObj(n -> newItem("Lantern " + n)).toList());

        assertThat(sent.answers).extracting(HttpResponse::statusCode).containsOnly(200);
        assertThat(saddlebag().count("webhook_events")).isEqualTo(SENDERS);
        assertThat(sent.commits).as("that of the first, and that of those which came meanwhile").isLessThanOrEqualTo(2);
    }

    @Test
    void copiesInOneCommitAreStillOneAndDuplicates() throws Exception {
        String id = newItem("Lantern");

        List<String> statuses = together(IntStream.range(0, SENDERS).mapToObj(n -> id).toList()).answers.stream()
            .map(answer -> SaddlebagServer.json(answer).path("status").asText()).toList();

        assertThat(statuses).filteredOn("accepted"::equals).hasSize(1);
        assertThat(statuses).filteredOn("duplicate"::equals).hasSize(SENDERS - 1);
    }

    @Test
    void oneThatCannotBeKeptRefusesNoneOfThoseWithIt() throws Exception {
        saddlebag().database().execute("ALTER TABLE webhook_events ADD CONSTRAINT of_tests CHECK (payload NOT LIKE '%" + NEVER_KEPT + "%')");
        try {
            List<HttpResponse<String>> answers = together(IntStream.range(0, SENDERS)
                .mapToObj(n -> newItem(n == SENDERS / 2 ? NEVER_KEPT : "Lantern " + n)).toList()).answers;

            assertThat(answers).filteredOn(answer -> answer.statusCode() == 200).hasSize(SENDERS - 1);
            assertThat(answers).filteredOn(answer -> answer.statusCode() == 500).hasSize(1);
            assertThat(saddlebag().count("webhook_events")).isEqualTo(SENDERS - 1);
        } finally {
            saddlebag().database().execute("ALTER TABLE webhook_events DROP CONSTRAINT of_tests");
        }
    }

    /** Zoho's limit puts off what has begun; what came meanwhile is news, and then both wait. */
    @Test
    void aHintLikeTwoThatWaitIsADuplicateOfOne() {
        saddlebag().database().update("UPDATE organisations SET blocked_until = clock_timestamp() + interval '2 h', blocked_for = 'day'");
        String hint = "{\"item\":{\"item_id\":\"" + newItem("Lantern") + "\"}}";
        assertAccepted(sendJson(ITEMS, hint));
        await().until(() -> saddlebag().count("webhook_events WHERE error LIKE '%limit (day)%' AND claimed_until IS NULL") == 1);
        saddlebag().database().update("INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, complete, payload, due_at,"
            + " told_at) SELECT org_id, event_id || '-2', digest, entity, event, zoho_id, complete, payload, due_at, '2020-01-01' FROM webhook_events");
        String first = saddlebag().database().queryForObject("SELECT event_id FROM webhook_events WHERE hint IS NOT NULL", String.class);

        HttpResponse<String> answer = sendJson(ITEMS, hint);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(SaddlebagServer.json(answer).path("status").asText()).isEqualTo("duplicate");
        assertThat(SaddlebagServer.json(answer).path("eventId").asText()).as("told now").isEqualTo(first).isEqualTo(
            saddlebag().database().queryForObject("SELECT event_id FROM webhook_events ORDER BY told_at DESC LIMIT 1", String.class));
    }

    /** As while a process that works at it stands still before its commit. */
    @Test
    void aRepetitionDoesNotWaitForWhoeverWorksAtTheFirst() throws Exception {
        String id = newItem("Lantern");
        send(id);
        settled();
        try (Connection connection = saddlebag().bean(DataSource.class).getConnection(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("UPDATE webhook_events SET status = 'done'");

            assertThat(SaddlebagServer.json(send(id)).path("status").asText()).isEqualTo("duplicate");

            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    @Test
    void aTimeInAnOffsetThatOnlyJavaKnowsIsTaken() {
        String id = newItem("Lantern");

        assertAccepted(sendJson(ITEMS, "{\"item\":{\"item_id\":\"" + id + "\",\"last_modified_time\":\"2024-01-02T08:00:00+1800\"}}"));

        assertThat(settled()).hasSize(1).doesNotContain("dead");
    }

    /** Another process has the same two, and comes to them one after the other. */
    @Test
    void eventsOfOneCommitAreKeptInOneOrder() throws Exception {
        DataSource pool = saddlebag().bean(DataSource.class);
        try (Connection blocker = pool.getConnection(); Connection other = pool.getConnection(); Statement others = other.createStatement()) {
            other.setAutoCommit(false);
            keep(other, "a");
            List<CompletableFuture<InboxWriter.Receipt>> kept = inOneCommitThatWaits(blocker, "b", "a");

            others.execute("SET LOCAL lock_timeout = '500 ms'");
            keep(other, "b");

            other.commit();
            assertThat(kept).allSatisfy(one -> assertThat(one.join().accepted()).isFalse());
            other.setAutoCommit(true);
        } finally {
            saddlebag().database().execute("DELETE FROM webhook_events");
        }
    }

    /** As the end of work at several hints, which locks them in another order than the webhooks of one commit do. PostgreSQL ends the commit. */
    @Test
    void aDeadlockRefusesNoneOfThoseInTheCommit() throws Exception {
        DataSource pool = saddlebag().bean(DataSource.class);
        deadlocksAreFoundAfter("'3s'"); // the other comes within that time, and looks for none itself
        try (Connection blocker = pool.getConnection(); Connection other = pool.getConnection(); Statement others = other.createStatement()) {
            other.setAutoCommit(false);
            others.execute("SET LOCAL deadlock_timeout = '1min'");
            keep(other, "b");
            List<CompletableFuture<InboxWriter.Receipt>> kept = inOneCommitThatWaits(blocker, "a", "b");

            boolean othersA = keep(other, "a"); // or that of the writer, whose second attempt may be the quicker of the two

            other.commit();
            assertThat(kept.get(0).join().accepted()).as("first").isFalse();
            assertThat(kept.get(1).join().accepted()).as("a").isEqualTo(!othersA);
            assertThat(kept.get(2).join().accepted()).as("b").isFalse();
            other.setAutoCommit(true);
        } finally {
            saddlebag().database().execute("DELETE FROM webhook_events");
            deadlocksAreFoundAfter("DEFAULT");
        }
    }

    /**
     * Keeps events in one commit: they come while the commit of another event waits for the blocker. When this returns, their commit waits for a lock that
     * the caller's other connection holds.
     *
     * @return the receipts of that other event, which is a duplicate, and of the events
     */
    private static List<CompletableFuture<InboxWriter.Receipt>> inOneCommitThatWaits(Connection blocker, String... digests) throws SQLException {
        InboxWriter commits = saddlebag().bean(InboxWriter.class);
        blocker.setAutoCommit(false);
        keep(blocker, "first");
        List<CompletableFuture<InboxWriter.Receipt>> kept = new ArrayList<>();
        kept.add(CompletableFuture.supplyAsync(() -> commits.keep(event("first"))));
        await().until(() -> locksAwaited() == 1);
        for (String digest : digests) {
            kept.add(CompletableFuture.supplyAsync(() -> commits.keep(event(digest))));
            await().until(() -> waiting() == kept.size() - 1);
        }
        blocker.commit();
        blocker.setAutoCommit(true);
        kept.get(0).join();
        await().pollInterval(Duration.ofMillis(10)).until(() -> locksAwaited() == 1);
        return kept;
    }

    private static void deadlocksAreFoundAfter(String time) {
        saddlebag().database().execute("ALTER SYSTEM SET deadlock_timeout = " + time);
        saddlebag().database().queryForList("SELECT pg_reload_conf()");
    }

    /** @return whether the event was new */
    private static boolean keep(Connection connection, String digest) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return 1 == statement.executeUpdate("INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, modified, complete, payload,"
                + " status) VALUES ('" + SaddlebagServer.ORG + "', '" + digest + "', '" + digest + "', 'items', 'updated', '1', now(), true, '{}', 'done')"
                + " ON CONFLICT DO NOTHING");
        }
    }

    private static ReceivedEvent event(String digest) {
        return new ReceivedEvent(SaddlebagServer.ORG, digest, "items", "updated", "1", OffsetDateTime.now(), true, "{}");
    }

    private static long locksAwaited() {
        return saddlebag().count("pg_locks WHERE locktype = 'transactionid' AND NOT granted");
    }

    private record Together(List<HttpResponse<String>> answers, long commits) {
    }

    /** All come while the first cannot be committed; none is worked at before all are answered. */
    private static Together together(List<String> items) throws SQLException {
        ExecutorService senders = Executors.newFixedThreadPool(items.size());
        try (ClaimsHeld claims = new ClaimsHeld(); Connection connection = saddlebag().bean(DataSource.class).getConnection();
             Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE webhook_events IN EXCLUSIVE MODE");
            List<CompletableFuture<HttpResponse<String>>> answers = items.stream()
                .map(id -> CompletableFuture.supplyAsync(() -> send(id), senders)).toList();
            try {
                await().until(() -> waiting() == items.size() - 1);
                connection.commit();
                List<HttpResponse<String>> all = answers.stream().map(CompletableFuture::join).toList();
                return new Together(all, saddlebag().database()
                    .queryForObject("SELECT count(DISTINCT CAST(xmin AS text)) FROM webhook_events", Long.class));
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        } finally {
            senders.shutdownNow();
        }
    }

    /** Of all applications of these tests; the others' are idle. */
    private static long waiting() throws JMException {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        long waiting = 0;
        for (ObjectName pool : beans.queryNames(new ObjectName("org.apache.camel:type=threadpools,name=\"InboxWriter*\",*"), null)) {
            waiting += (Long) beans.getAttribute(pool, "TaskQueueSize");
        }
        return waiting;
    }
}
