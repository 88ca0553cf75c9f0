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
        return database.queryForList("SELECT message_id FROM claim_alert_message(?, '1 minute')", String.class, channel).stream().findFirst().orElse(null);
    }
}
