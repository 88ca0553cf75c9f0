package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The operator's expression decides when: what is overdue follows from it. */
class OverdueTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0 0/15 * * * ?   | PT30M
            0 0 2 * * ?      | PT24H15M
            0 0 6 ? * MON    | PT168H15M
            0 0 8,17 * * ?   | PT15H15M
            0 0 0 1 1 ? 2099 | PT876000H
            """)
    void theLongestPauseAndTheSlackMakeASuccessTooOld(String cron, Duration age) throws Exception {
        Overdue overdue = new Overdue(cron, cron, Duration.ofMinutes(15), Duration.ofHours(2));
        assertThat(Duration.parse(overdue.incremental())).isEqualTo(age);
    }
}
