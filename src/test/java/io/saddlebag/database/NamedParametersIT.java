package io.saddlebag.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.testkit.SaddlebagServer;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.TypeConverterSupport;
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
        saddlebag = SaddlebagServer.plain().asStarted();
        template = saddlebag.bean(ProducerTemplate.class);
    }

    @Test
    void namedOnesAreTakenFromTheBodyTheHeadersAndExpressions() {
        assertThat(ask("SELECT CAST(:#a AS text) || CAST(:#b AS text) || CAST(:#${header.b} AS text) || '!' AS x", Map.of("a", "1"), Map.of("b", "2")))
            .isEqualTo("122!");
    }

    /** A body that is no Map stays where it is: nothing converts it, and expressions may read it. */
    @Test
    void aBodyThatIsNoMapIsNotAsked() {
        BodyThatConverts body = new BodyThatConverts();
        saddlebag.bean(CamelContext.class).getTypeConverterRegistry().addTypeConverter(Map.class, BodyThatConverts.class, body);
        assertThat(ask("SELECT CAST(:#a AS text) || CAST(:#${body.word} AS text) || CAST(:#${header.c[${header.d}]} AS text) AS x", body,
            Map.of("a", "1", "c", List.of("x", "y"), "d", 1))).isEqualTo("1wordy");
        assertThat(body.converted).isFalse();
        assertThatThrownBy(() -> ask("SELECT CAST(:#nowhere AS text) AS x", body, Map.of())).rootCause()
            .hasMessageContaining("neither a key of the body, nor a header, nor a variable nowhere");
    }

    /** Notes whether it was asked to be a Map. */
    public static class BodyThatConverts extends TypeConverterSupport {

        private boolean converted;

        public String getWord() {
            return "word";
        }

        @Override
        public <T> T convertTo(Class<T> type, Exchange exchange, Object value) {
            converted = true;
            return type.cast(Map.of("a", "of the body"));
        }
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
