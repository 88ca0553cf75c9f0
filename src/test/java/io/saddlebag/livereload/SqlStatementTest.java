package io.saddlebag.livereload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SqlStatementTest {

    @Test
    void everyFormOfParameterIsAQuestionMark() {
        String sql = "SELECT :?a, :#b, :#${body}, :?${header.x[${variable.i}]}, :?$simple{body} WHERE id IN (:#in:ids)";
        assertThat(SqlStatement.of(sql).jdbc()).isEqualTo("SELECT ?, ?, ?, ?, ? WHERE id IN (?)");
    }

    @Test
    void castsOperatorsAndTimesStayAsTheyAre() {
        String sql = "SELECT a::text, b #>> '{x,y}', '10:20', c -> 'd' FROM t";
        assertThat(SqlStatement.of(sql).jdbc()).isEqualTo(sql);
    }

    @Test
    void commentLinesKeepTheirPlaceAndLoseTheirText() {
        assertThat(SqlStatement.of("-- what is :?asked\nSELECT 1\n  -- more?\n").jdbc()).isEqualTo("\nSELECT 1\n\n");
    }

    @Test
    void aPositionOfTheServerIsFoundBehindLongerParameters() {
        SqlStatement statement = SqlStatement.of("SELECT " + ":?a, ".repeat(12) + "1\n  FROM t\n WHERE x");
        String sent = "SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1\n  FROM t\n WHERE x";
        assertThat(statement.line(sent.indexOf("FROM") + 1)).isEqualTo(2);
        assertThat(statement.line(sent.indexOf("WHERE") + 1)).isEqualTo(3);
        assertThat(statement.line(sent.indexOf("1\n") + 1)).isEqualTo(1);
    }
}
