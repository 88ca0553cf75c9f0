package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The operator's expression decides when: what is overdue follows from it. */
class OverdueTest {

    private static final Overdue OVERDUE = new Overdue(Duration.ofMinutes(15), Duration.ofHours(2));

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0 0/15 * * * ?   | PT30M
            0 0 2 * * ?      | PT24H15M
            0 0 6 ? * MON    | PT168H15M
            0 0 8,17 * * ?   | PT15H15M
            0 * 8-18 * * ?   | PT13H16M
            * * 8-18 * * ?   | PT13H16M
            0 * 8-18 ? * mon-fri | PT61H16M
            0/5 * * * * ?    | PT16M
            0 0 0 1 1 ? 2099 | PT876000H
            every now and so | PT876000H
            """)
    void theLongestPauseAndTheSlackMakeASuccessTooOld(String cron, Duration age) throws Exception {
        assertThat(OVERDUE.ages(List.of(clock("1", "incremental", cron))))
            .isEqualTo("[{\"org\":\"1\",\"mode\":\"incremental\",\"age\":\"" + age + "\"}]");
    }

    @Test
    void ofATimerThatStrikesOftenOnOneDayOfTheMonthThePauseIsLongerThanItsDay() throws Exception {
        String age = new ObjectMapper().readTree(OVERDUE.ages(List.of(clock("1", "incremental", "0 * 8-18 1 * ?")))).at("/0/age").asText();
        assertThat(Duration.parse(age)).isGreaterThan(Duration.ofDays(27));
    }

    @Test
    void eachOrganisationsOwnExpressionDecidesForItAndFullRunsHaveASlackOfTheirOwn() throws Exception {
        String ages = OVERDUE.ages(List.of(clock("1", "full", "0 0 2 * * ?"), clock("2", "full", "0 0 2 ? * SUN"),
            clock("2", "incremental", "0 0 2 * * ?")));

        assertThat(new ObjectMapper().readTree(ages).findValuesAsText("age")).containsExactly("PT26H", "PT170H", "PT24H15M");
    }

    private static Map<String, Object> clock(String org, String mode, String cron) {
        return Map.of("org", org, "mode", mode, "cron", cron);
    }
}
