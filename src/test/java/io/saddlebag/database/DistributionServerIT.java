package io.saddlebag.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.testkit.DistributionServer;
import io.saddlebag.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("sql")
class DistributionServerIT {

    @Test
    void theServerOfTheDistributionHasItsDefaultsAndEndsWithTheTest() throws Exception {
        ProcessHandle process;
        try (DistributionServer server = DistributionServer.start("jit_above_cost=7");
                Connection connection = TestDatabase.connect(server.url())) {
            process = ProcessHandle.of(server.pid()).orElseThrow();
            assertThat(setting(connection, "fsync")).isEqualTo("on");
            assertThat(setting(connection, "synchronous_commit")).isEqualTo("on");
            assertThat(setting(connection, "jit")).isEqualTo("on");
            assertThat(setting(connection, "server_encoding")).isEqualTo("UTF8");
            assertThat(setting(connection, "jit_above_cost")).isEqualTo("7");
        }
        assertThat(process.isAlive()).isFalse();
    }

    /** The leg that says it runs on the distribution's server does. */
    @Test
    void theServerOfAllTestsIsTheOneThatWasChosen() throws Exception {
        try (Connection connection = TestDatabase.connect(TestDatabase.fresh())) {
            boolean distribution = System.getProperty("saddlebag.test.postgres", "embedded").equals("distribution");
            assertThat(setting(connection, "fsync")).isEqualTo(distribution ? "on" : "off");
        }
    }

    private static String setting(Connection connection, String name) throws Exception {
        try (ResultSet rows = connection.createStatement().executeQuery("SHOW " + name)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
