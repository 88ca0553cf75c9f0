package io.saddlebag.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a person reads of the daily quota: at 12:00, six and a half hours before the day ends in India. */
class DayForecastTest {

    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        5300 | 19433 | at the rate of the last hour (5,300 calls) the daily quota lasts until 2026-03-02T15:40:00Z              | 2026-03-02T15:39:59Z
        90   | 900   | at the rate of the last hour (90 calls) the daily quota lasts until it is renewed at 2026-03-02T18:30:00Z | -
        0    | 900   | no calls in the last hour                                                                  | -
        90   | 0     | the daily quota is used up until 2026-03-02T18:30:00Z                                                    | 2026-03-02T12:00:00Z
        90   | -     | unknown: ZOHO_CALLS_PER_DAY is not set, and Zoho's answers did not tell                      | -
        """)
    void itLastsUntilATimeOrPastTheDaysEnd(int lastHour, Integer remaining, String text, String lastsUntil) {
        ObjectNode quota = JsonNodeFactory.instance.objectNode().put("callsInLastHour", lastHour).put("dayRemaining", remaining)
            .put("dayResetsAt", remaining == null ? null : "2026-03-02T18:29:59.991234+00:00");

        ObjectNode forecast = new DayForecast(quota, NOON).json();

        assertThat(forecast.get("text").textValue()).isEqualTo(text);
        assertThat(forecast.get("lastsUntil").textValue()).isEqualTo(lastsUntil);
    }
}
