package io.saddlebag.livereload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** A saved SQL file is asked of PostgreSQL first, and is in force with the next exchange. */
class LiveStatementIT extends LiveEditingTestBase {

    @Autowired JdbcTemplate database;

    @Test
    void aChangedStatementIsUsedByTheNextExchange() {
        String any = "direct:ask-any";
        String file = FOLDER.path("ask.sql").toString();
        assertThat(ask("ask")).isEqualTo("old");
        assertThat(template.requestBodyAndHeader(any, null, "file", file)).isEqualTo("old");
        FOLDER.save("ask.sql", "-- said anew\nSELECT 'very new' AS answer\n");
        await().untilAsserted(() -> assertThat(ask("ask")).isEqualTo("very new"));
        assertThat(template.requestBodyAndHeader(any, null, "file", file)).isEqualTo("very new");
        assertUntouched("ask", "ask-any");
    }

    @Test
    void aBrokenStatementIsRefusedWithItsLine() {
        FOLDER.save("ask.sql", """
            -- two lines :?here that are not sent

            SELECT CAST(:#${body} AS text) AS answer,
                   :?other::text
              FROM nowhere
            """);
        awaitRefused("ask.sql", 5, "relation \"nowhere\" does not exist");
        assertThat(ask("ask")).isEqualTo("old");
        assertUntouched();
        FOLDER.save("ask.sql", "SELECT 'old' AS answer\n FROM (SELECT 1) x\n WHER true\n");
        awaitRefused("ask.sql", 3, "syntax error");
    }

    /** As after a moment without a database. */
    @Test
    void aStatementThatWasRefusedIsTriedAgainWhenItIsSavedAsItIs() {
        String statement = "SELECT answer FROM later\n";
        FOLDER.save("ask.sql", statement);
        awaitRefused("ask.sql", 1, "relation \"later\" does not exist");
        database.execute("CREATE TABLE later AS SELECT 'late' AS answer");
        try {
            FOLDER.save("ask.sql", statement);
            await().untilAsserted(() -> assertThat(ask("ask")).isEqualTo("late"));
            assertThat(report.getRefused()).isEmpty();
        } finally {
            database.execute("DROP TABLE later");
        }
    }

    @Test
    void aBrokenStatementWithinARouteIsRefusedWithItsLine() throws IOException {
        FOLDER.saveRoute("ask", "direct:ask", """
                    - to:
                        uri: sql
                        parameters:
                          query: |
                            SELECT 1 AS answer
                              FROM nowhere
                          outputType: SelectOne
            """);
        List<String> saved = Files.readAllLines(FOLDER.path("ask.camel.yaml"));
        int line = 1 + saved.indexOf(saved.stream().filter(text -> text.contains("FROM nowhere")).findFirst().orElseThrow());
        awaitRefused("ask.camel.yaml", line, "relation \"nowhere\" does not exist");
        assertThat(ask("ask")).isEqualTo("old");
        assertUntouched();
        saveAsk();
    }

    @Test
    void aRouteThatWouldReadABrokenStatementIsRefusedToo() {
        FOLDER.save("ask.sql", "SELECT broken");
        FOLDER.saveRoute("ask", "direct:ask", "        - log: changed\n        - to: {uri: \"sql:file:" + FOLDER.path("ask.sql")
            + "\", parameters: {outputType: SelectOne}}\n");
        awaitRefused("ask.sql", 1, "column \"broken\" does not exist");
        await().untilAsserted(() -> assertThat(report.getRefused()).hasSize(2)); // the statement, and the route because of it
        assertThat(ask("ask")).isEqualTo("old");
        assertUntouched();
        saveAsk();
    }
}
