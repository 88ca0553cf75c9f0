package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.AbstractDataSource;

/** While Saddlebag shuts down, the database is not blamed for a webhook that is not committed. */
class InboxWriterTest {

    private static final ReceivedEvent EVENT =
        new ReceivedEvent("1", "digest", "items", "updated", "7", OffsetDateTime.parse("2026-01-01T12:00:00Z"), true, "{}");

    private final CountDownLatch free = new CountDownLatch(1);
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final InboxWriter inbox = new InboxWriter(new JdbcTemplate(new Busy(free), true), Duration.ofMinutes(1), camel);

    @AfterEach
    void stop() {
        free.countDown();
        camel.stop();
    }

    @Test
    void whatComesAfterTheShutdownIsRefusedAtOnce() {
        camel.getExecutorServiceManager().shutdown();

        assertThatThrownBy(() -> inbox.keep(EVENT)).isInstanceOf(TransientDataAccessResourceException.class).hasMessageContaining("shutting down");
    }

    @Test
    void aThreadThatIsInterruptedStaysSo() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> inbox.keep(EVENT)).isInstanceOf(TransientDataAccessResourceException.class).hasMessageContaining("shutting down");

        assertThat(Thread.interrupted()).isTrue();
    }

    /** A database that has no connection to give. */
    private static final class Busy extends AbstractDataSource {

        private final CountDownLatch free;

        Busy(CountDownLatch free) {
            this.free = free;
        }

        @Override
        public Connection getConnection() throws SQLException {
            try {
                free.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new SQLTransientConnectionException("no connection");
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            return getConnection();
        }
    }
}
