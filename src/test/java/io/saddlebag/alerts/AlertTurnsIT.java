package io.saddlebag.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.testkit.TestDatabase;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Who watches and who sends, by the database alone. */
@Tag("sql")
class AlertTurnsIT {

    private static final String ONE = "[{\"key\": \"1.run.items\", \"org\": \"1\", \"text\": \"it failed\", \"mend\": null}]";

    private static Connection connection;
    private static JdbcTemplate database;

    @BeforeAll
    static void connect() throws Exception {
        connection = TestDatabase.connect(TestDatabase.migrated());
        database = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
    }

    @AfterAll
    static void close() throws Exception {
        connection.close();
    }

    @BeforeEach
    void asNew() {
        database.update("DELETE FROM alerts");
        database.update("DELETE FROM alert_messages");
        database.update("UPDATE alert_watch SET process = NULL, process_until = '-infinity', gathered_at = '-infinity'");
    }

    @Test
    void aProcessThatWasPausedAndLostItsTurnWritesNothing() {
        assertThat(turn("a")).isTrue();
        assertThat(turn("b")).as("a watches").isFalse();
        assertThat(turn("a")).isTrue();

        database.update("UPDATE alert_watch SET process_until = clock_timestamp()"); // a is paused
        assertThat(watch("a", ONE)).as("its turn is over, though nobody else has it").isEmpty();
        assertThat(turn("b")).isTrue();
        assertThat(watch("b", ONE)).containsExactly("1.run.items firing");
        assertThat(watch("a", "[]")).as("what it found before the pause").isEmpty();
        assertThat(database.queryForObject("SELECT state FROM alerts", String.class)).isEqualTo("firing");
        assertThat(database.queryForObject("SELECT count(*) FROM alert_messages", Long.class)).isEqualTo(2);
    }

    @Test
    void aMessageIsInOneHandAndTheNextOneWaitsForIt() {
        database.update("INSERT INTO alert_messages (channel) VALUES ('webhook'), ('webhook'), ('email')");
        String first = claim("webhook");
        assertThat(first).isNotNull();
        assertThat(claim("webhook")).as("in hand, and the second must not overtake it").isNull();
        assertThat(claim("email")).as("another channel").isNotNull();
        database.update("UPDATE alert_messages SET claimed_until = clock_timestamp() WHERE message_id = ?", first); // the process died
        assertThat(claim("webhook")).as("the same id").isEqualTo(first);
        database.update("UPDATE alert_messages SET claimed_until = NULL, due_at = clock_timestamp() + interval '1 minute' WHERE message_id = ?", first);
        assertThat(claim("webhook")).as("it failed, and waits").isNull();
        database.update("UPDATE alert_messages SET sent_at = clock_timestamp() WHERE message_id = ?", first);
        assertThat(claim("webhook")).isNotNull().isNotEqualTo(first);
    }

    @Test
    void aChannelIsNotToldOfItsOwnFailure() {
        turn("a");
        watch("a", "[{\"key\": \"alerts.webhook\", \"org\": null, \"text\": \"it takes nothing\", \"mend\": null}]");
        assertThat(database.queryForList("SELECT channel FROM alert_messages", String.class)).containsExactly("email");
    }

    @Test
    void withoutAChannelProblemsAreKeptAndToldWhenThereIsOne() {
        turn("a");
        watch("a", ONE, "");
        assertThat(database.queryForObject("SELECT count(*) FROM alert_messages", Long.class)).isZero();
        watch("a", ONE);
        assertThat(database.queryForObject("SELECT count(*) FROM alert_messages", Long.class)).isEqualTo(2);
    }

    @Test
    void aChannelThatGaveUpHearsOfAProblemAgainAndTheOtherOneDoesNot() {
        turn("a");
        watch("a", ONE);
        settle("email", "sent_at");
        settle("webhook", "given_up_at");
        watch("a", ONE);
        assertThat(waiting()).as("not before the pause is over").isEmpty();
        assertThat(told()).as("by e-mail").isTrue();

        database.update("UPDATE alert_messages SET given_up_at = given_up_at - interval '1 hour', created_at = created_at - interval '2 hours'");
        database.update("UPDATE alerts SET since = since - interval '2 hours'");
        watch("a", ONE);
        watch("a", ONE);
        assertThat(waiting()).as("once").containsExactly("webhook");

        settle("webhook", "given_up_at");
        database.update("INSERT INTO alert_messages (channel, kind, sent_at) VALUES ('webhook', 'test', clock_timestamp())");
        watch("a", ONE);
        assertThat(waiting()).as("the channel works again").containsExactly("webhook");
        settle("webhook", "sent_at");
        watch("a", "[]");
        assertThat(waiting()).as("it is over").containsExactly("email", "webhook");
    }

    @Test
    void aChannelThatGaveUpHearsThatAProblemIsOverIfItHeardOfIt() {
        turn("a");
        watch("a", ONE);
        settle("email", "sent_at");
        settle("webhook", "sent_at");
        watch("a", "[]");
        settle("email", "sent_at");
        settle("webhook", "given_up_at");
        watch("a", "[]");
        assertThat(waiting()).as("not before the pause is over").isEmpty();
        watch("a", ONE); // it came and went within the pause
        watch("a", "[]");
        assertThat(waiting()).isEmpty();

        database.update("INSERT INTO alert_messages (channel, kind, sent_at) VALUES ('webhook', 'test', clock_timestamp())");
        watch("a", "[]");
        watch("a", "[]");
        assertThat(waiting()).as("once, as the channel works again").containsExactly("webhook");
        settle("webhook", "sent_at");
        watch("a", "[]");
        assertThat(waiting()).isEmpty();
    }

    @Test
    void aChannelThatNeverHeardOfAProblemNeedsNotHearThatItIsOver() {
        turn("a");
        watch("a", ONE);
        settle("email", "sent_at");
        settle("webhook", "given_up_at");
        watch("a", "[]");
        settle("email", "sent_at");
        settle("webhook", "given_up_at");
        database.update("INSERT INTO alert_messages (channel, kind, sent_at) VALUES ('webhook', 'test', clock_timestamp())");
        watch("a", "[]");
        assertThat(waiting()).isEmpty();
    }

    @Test
    void aProblemThatEachChannelGaveUpCountsAsUntold() {
        turn("a");
        watch("a", ONE);
        settle("email", "given_up_at");
        watch("a", ONE);
        assertThat(told()).as("the webhook may still take it").isTrue();
        settle("webhook", "given_up_at");
        watch("a", ONE);
        assertThat(told()).isFalse();
        assertThat(waiting()).as("not before the pause is over").isEmpty();

        database.update("UPDATE alerts SET fired_at = fired_at - interval '1 hour'");
        watch("a", ONE);
        watch("a", ONE);
        assertThat(told()).isTrue();
        assertThat(waiting()).as("once").containsExactly("email", "webhook");

        settle("email", "given_up_at");
        settle("webhook", "given_up_at");
        watch("a", ONE);
        watch("a", "[]");
        assertThat(waiting()).as("nobody knew of it").isEmpty();
    }

    @Test
    void anOldMessageIsGivenUpInsteadOfSent() {
        database.update("INSERT INTO alert_messages (channel, created_at) VALUES ('webhook', clock_timestamp() - interval '25 hours'), ('webhook', clock_timestamp())");
        database.update("INSERT INTO alert_messages (channel, created_at, claimed_until) "
            + "VALUES ('webhook', clock_timestamp() - interval '25 hours', clock_timestamp() + interval '1 minute')");
        assertThat(claim("webhook")).isEqualTo(database.queryForObject("SELECT message_id FROM alert_messages WHERE attempts = 1", String.class));
        assertThat(database.queryForList("SELECT given_up_at IS NOT NULL FROM alert_messages ORDER BY id", Boolean.class)).as("the last one is being sent")
            .containsExactly(true, false, false);
        assertThat(database.queryForList("SELECT failing_since FROM alert_channels(ARRAY['webhook']) WHERE failing_since IS NOT NULL")).as("nobody tried it").isEmpty();
    }

    /** @param outcome sent_at or given_up_at */
    private static void settle(String channel, String outcome) {
        assertThat(database.update("UPDATE alert_messages SET " + outcome + " = clock_timestamp() WHERE channel = ? AND sent_at IS NULL AND given_up_at IS NULL", channel))
            .isEqualTo(1);
    }

    private static List<String> waiting() {
        return database.queryForList("SELECT channel FROM alert_messages WHERE sent_at IS NULL AND given_up_at IS NULL ORDER BY channel", String.class);
    }

    private static boolean told() {
        return database.queryForObject("SELECT told_at IS NOT NULL AND told_state = 'firing' FROM alerts", Boolean.class);
    }

    private static boolean turn(String process) {
        return !database.queryForList("SELECT heartbeat_due FROM take_alert_turn(?, '1 minute')", process).isEmpty();
    }

    private static List<String> watch(String process, String findings) {
        return watch(process, findings, "email,webhook");
    }

    private static List<String> watch(String process, String findings, String channels) {
        return database.queryForList("SELECT key || ' ' || state FROM watch_alerts(?, CAST(? AS jsonb), string_to_array(?, ','), '1 hour', 5)", String.class,
            process, findings, channels);
    }

    private static String claim(String channel) {
        return database.queryForList("SELECT message_id FROM claim_alert_message(?, '1 minute', '1 day')", String.class, channel).stream().findFirst().orElse(null);
    }
}
