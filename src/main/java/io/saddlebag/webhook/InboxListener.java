package io.saddlebag.webhook;

import io.saddlebag.common.FailureReason;
import io.saddlebag.database.DatabaseUrl;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Listens to PostgreSQL's notifications that the inbox has work, whichever process committed it, and wakes the workers. The listener has a
 * connection of its own, so that the pool lacks none. It regularly sends itself a notification through the pool. If that does not arrive, or
 * the connection breaks, the listener opens another connection. Without notifications, the tick of the route webhook-inbox finds the work.
 */
@Component
@Profile("!check")
class InboxListener {

    private static final Logger LOG = LoggerFactory.getLogger(InboxListener.class);
    private static final String NOTIFY = "SELECT pg_notify('saddlebag_inbox', '')";
    /** Time between two checks whether the application shuts down. */
    private static final int TURN_MILLIS = 1000;
    private static final Duration TRY_EVERY = Duration.ofMinutes(1);
    private static final Duration HEAR_WITHIN = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final JdbcConnectionDetails server;
    private final JdbcTemplate database;
    private final CamelContext camel;
    private final ProducerTemplate workers;
    private final FailureReason reasons;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private ExecutorService listener;
    private boolean hears = true;

    InboxListener(JdbcConnectionDetails server, JdbcTemplate database, CamelContext camel, ProducerTemplate workers,
                 FailureReason reasons) {
        this.server = server;
        this.database = database;
        this.camel = camel;
        this.workers = workers;
        this.reasons = reasons;
    }

    @EventListener(ApplicationReadyEvent.class)
    void start() {
        if (listener == null) {
            listener = camel.getExecutorServiceManager().newSingleThreadExecutor(this, "webhook-wakes");
            listener.execute(this::run);
        }
    }

    @EventListener(ContextClosedEvent.class)
    void stop() {
        stopped.countDown();
    }

    private void run() {
        Duration pause = Duration.ofSeconds(1);
        while (!stops(pause)) {
            boolean heard = false;
            try (Connection connection = connect()) {
                while (hearsItself(connection)) {
                    heard = true;
                    say(true, "");
                }
                say(false, "none reached this connection");
            } catch (SQLException | DataAccessException e) {
                say(false, reasons.of(e));
            }
            pause = heard ? Duration.ofSeconds(1) : min(pause.multipliedBy(2), LONGEST_PAUSE);
        }
    }

    private Connection connect() throws SQLException {
        Properties login = new Properties();
        PGProperty.USER.set(login, server.getUsername());
        PGProperty.PASSWORD.set(login, server.getPassword());
        PGProperty.TCP_KEEP_ALIVE.set(login, true);
        if (server instanceof DatabaseUrl url) {
            login.putAll(url.driverProperties());
        }
        Connection connection = DriverManager.getConnection(server.getJdbcUrl(), login);
        try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN saddlebag_inbox");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Wakes the workers for each notification, until the next try is due. @return whether the notification of this one came */
    private boolean hearsItself(Connection connection) throws SQLException {
        PGConnection notifications = connection.unwrap(PGConnection.class);
        long began = System.nanoTime();
        boolean heard = false;
        database.execute(NOTIFY);
        while (System.nanoTime() - began < (heard ? TRY_EVERY : HEAR_WITHIN).toNanos() && stopped.getCount() > 0) {
            if (notifications.getNotifications(TURN_MILLIS).length > 0 && stopped.getCount() > 0) { // Camel stops after this listener is told to
                heard = true;
                workers.sendBody("seda:webhook-wake?discardWhenFull=true", null);
            }
        }
        return heard;
    }

    private void say(boolean hears, String reason) {
        if (this.hears != hears && stopped.getCount() > 0) {
            this.hears = hears;
            if (hears) {
                LOG.info("PostgreSQL's notifications arrive again: webhooks are applied at once");
            } else {
                LOG.warn("Webhooks are applied up to saddlebag.webhook.every later: PostgreSQL's notifications do not arrive: {}. Harmless behind"
                    + " a pooler in transaction mode", reason);
            }
        }
    }

    private boolean stops(Duration pause) {
        try {
            return stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
