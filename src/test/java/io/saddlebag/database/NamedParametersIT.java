package io.saddlebag.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import java.util.List;
import java.util.Map;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Every way in which a route may give a statement its parameters. */
@Tag("sql")
class NamedParametersIT {

    private static SaddlebagServer saddlebag;
    private static ProducerTemplate template;

    @BeforeAll
    static void start() {
        saddlebag = SaddlebagServer.start(SandboxServer.shared());
        template = saddlebag.bean(ProducerTemplate.class);
    }

    @AfterAll
    static void stop() {
        saddlebag.close();
    }

    @Test
    void namedOnesAreTakenFromTheBodyTheHeadersAndExpressions() {
        assertThat(ask("SELECT CAST(:#a AS text) || CAST(:#b AS text) || CAST(:#${header.b} AS text) || '!' AS x", Map.of("a", "1"), Map.of("b", "2")))
            .isEqualTo("122!");
    }

    @Test
    void aListBecomesAsManyAsItHas() {
        assertThat(ask("SELECT count(*) AS x FROM generate_series(1, 9) i WHERE CAST(i AS text) IN (:#in:some) AND i < CAST(:#below AS integer)",
            null, Map.of("some", List.of("1", "3", "8"), "below", "5"))).isEqualTo(2L);
    }

    @Test
    void positionalOnesAreTakenFromTheBody() {
        assertThat(ask("SELECT CAST(# AS integer) - CAST(# AS integer) AS x", List.of(5, 3), Map.of())).isEqualTo(2);
        assertThat(ask("SELECT CAST(# AS text) AS x", "a,b", Map.of())).isEqualTo("a,b");
    }

    @Test
    void aStatementWithoutAnyDoesNotLookAtTheBody() {
        assertThat(ask("SELECT 7 AS x", List.of(1, 2), Map.of())).isEqualTo(7);
    }

    @Test
    void aStatementStaysPreparedHoweverOftenItIsExecuted() {
        Object executions = new TransactionTemplate(saddlebag.bean(PlatformTransactionManager.class)).execute(oneConnection -> {
            for (int i = 0; i < 20; i++) {
                ask("SELECT CAST(:#a AS text) AS x", Map.of("a", "1"), Map.of());
            }
            return ask("SELECT max(generic_plans + custom_plans) AS x FROM pg_prepared_statements WHERE statement LIKE 'SELECT CAST($1%'",
                null, Map.of());
        });
        assertThat((long) executions).as("of one prepared statement, after the driver's first few").isBetween(15L, 20L);
    }

    private static Object ask(String statement, Object body, Map<String, Object> headers) {
        return template.requestBodyAndHeaders("sql:" + statement + "?outputType=SelectOne", body, headers);
    }
}
