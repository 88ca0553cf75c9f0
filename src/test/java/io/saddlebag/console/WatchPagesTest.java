package io.saddlebag.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The audit is filtered by moments as its list shows them, and by days. */
class WatchPagesTest {

    @ParameterizedTest
    @CsvSource(textBlock = """
        2026-11-29 16:21:38,           ,              false, 2026-11-29T16:21:38Z
        2026-11-29 16:21:38,           Europe/Berlin, false, 2026-11-29T15:21:38Z
        2026-11-29 16:21:38 UTC,       Europe/Berlin, false, 2026-11-29T16:21:38Z
        2026-11-29,                    Europe/Berlin, false, 2026-11-28T23:00:00Z
        2026-11-29,                    Europe/Berlin, true,  2026-11-29T23:00:00Z
        2026-11-29T16:21:38+01:00,     Europe/Berlin, false, 2026-11-29T16:21:38+01:00
        yesterday,                     ,              false, yesterday
        2026-11-29,                    Nowhere/City,  false, 2026-11-29
        """)
    void aMomentIsReadAsTheListShowsIt(String typed, String zone, boolean end, String moment) {
        assertThat(WatchPages.moment(typed, zone, end)).isEqualTo(moment);
    }

    @Test
    void withoutAMomentThereIsNoLimit() {
        assertThat(WatchPages.moment(" ", "Europe/Berlin", true)).isNull();
    }

    @Test
    void aMomentInATextIsShownAsOtherMoments() {
        assertThat(new Show().parts("since 2026-11-29T16:21:38.703131+00:00, again at 2026-11-29T17:00:00Z.")).containsExactly(
            new Show.Part("since ", "2026-11-29T16:21:38.703131+00:00"), new Show.Part(", again at ", "2026-11-29T17:00:00Z"), new Show.Part(".", null));
    }
}
