package io.saddlebag.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.saddlebag.common.BadSettingException;
import io.saddlebag.testkit.Bouncer;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** PgBouncer between the application and its database. */
@ExtendWith(OutputCaptureExtension.class)
class PoolerIT {

    @ParameterizedTest
    @ValueSource(strings = {"", "?prepareThreshold=1", "?prepareThreshold=5&ApplicationName=x"})
    void inTransactionModeItIsNamedWithTheParameterThatIsMissing(String parameters) throws Exception {
        try (Bouncer bouncer = Bouncer.before(TestDatabase.fresh(), "transaction")) {
            assertThatThrownBy(() -> check(bouncer.url() + parameters)).isInstanceOf(BadSettingException.class)
                .hasMessageMatching("DATABASE_URL: no PostgreSQL to work with at 127.0.0.1:\\d+ \\(ERROR: prepared statement .*\\)\\. A connection pooler in "
                    + "transaction mode \\(PgBouncer or the like\\) is there, .* add prepareThreshold=0 to the parameters of the address, .*")
                .hasMessageNotContaining("\n");
        }
    }

    @Test
    void inSessionModeItIsAsIfItWereNotThere() throws Exception {
        try (Bouncer bouncer = Bouncer.before(TestDatabase.fresh(), "session")) {
            assertThatCode(() -> check(bouncer.url())).doesNotThrowAnyException();
        }
    }

    @Test
    void withoutPreparedStatementsTransactionModeServes(CapturedOutput output) throws Exception {
        SandboxServer.shared().reset();
        try (Bouncer bouncer = Bouncer.before(TestDatabase.fresh(), "transaction");
                SaddlebagServer saddlebag = SaddlebagServer.start(SandboxServer.shared(), "--DATABASE_URL=" + bouncer.url() + "?prepareThreshold=0")) {
            assertThat(saddlebag.pull("full").get("status").asText()).isEqualTo("succeeded");
            assertThat(saddlebag.count("products")).isEqualTo(1319);
            assertThat(saddlebag.call("GET", "/api/zoho/health").statusCode()).isEqualTo(200);
            assertThat(output).contains("A connection pooler in transaction mode is at 127.0.0.1:");
        }
    }

    private static void check(String databaseUrl) {
        DatabaseUrl url = DatabaseUrl.parse(databaseUrl);
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(url.getJdbcUrl());
            pool.setUsername(url.getUsername());
            pool.setPassword(url.getPassword());
            new DatabaseCheck(url.toString(), Duration.ofSeconds(5), false).await(pool);
        }
    }
}
