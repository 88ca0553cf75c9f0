package io.saddlebag.database;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What an outage of the database writes into the log besides its own line. */
class DatabaseOutageTest {

    /** As Quartz does, whose connection the pool closes while Quartz still holds it. */
    @Test
    void aConnectionThatThePoolClosedIsNoLineOfItsOwnDuringAnOutage() {
        Logger logger = (Logger) LoggerFactory.getLogger("org.quartz.OutageTest");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        DatabaseOutage outage = new DatabaseOutage();
        Exception closed = new SQLException("Connection is closed");
        logger.error("Couldn't rollback jdbc connection", closed);
        assertThat(lines.list).as("without an outage").hasSize(1);

        outage.noted(new SQLException("the server went", "57P01"));
        logger.error("Couldn't rollback jdbc connection", closed);
        logger.error("Something else", new SQLException("another reason"));

        assertThat(lines.list).extracting(ILoggingEvent::getMessage).containsExactly("Couldn't rollback jdbc connection", "Something else");
    }
}
