package io.saddlebag.pull;

import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.TimeZone;
import org.quartz.CronExpression;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * From which age on the last success of a timer is too old: the longest pause of its expression, and some slack. Counted
 * by a clock that never changes, so that the day on which a change of clocks skips the timer is overdue.
 */
@Component("overdue")
@Profile("!sandbox")
public class Overdue {

    private static final int PAUSES = 400; // more than a year of a daily timer
    private static final Duration NEVER = Duration.ofDays(36_500);

    private final CronExpression incremental;
    private final CronExpression full;
    private final Duration incrementalSlack;
    private final Duration fullSlack;

    Overdue(@Value("${saddlebag.pull.cron}") String incremental, @Value("${saddlebag.pull.full-cron}") String full,
            @Value("${saddlebag.pull.overdue-slack}") Duration incrementalSlack,
            @Value("${saddlebag.pull.full-overdue-slack}") Duration fullSlack) throws ParseException {
        this.incremental = expression(incremental);
        this.full = expression(full);
        this.incrementalSlack = incrementalSlack;
        this.fullSlack = fullSlack;
    }

    /** @return an ISO 8601 duration; a hundred years for an expression that comes once or never */
    public String incremental() {
        return age(incremental, incrementalSlack).toString();
    }

    /** @return as for incremental runs */
    public String full() {
        return age(full, fullSlack).toString();
    }

    private static CronExpression expression(String text) throws ParseException {
        CronExpression expression = new CronExpression(text);
        expression.setTimeZone(TimeZone.getTimeZone("UTC"));
        return expression;
    }

    private static Duration age(CronExpression timer, Duration slack) {
        Duration longest = null;
        Date before = timer.getNextValidTimeAfter(Date.from(Instant.now()));
        for (int pause = 0; before != null && pause < PAUSES; pause++) {
            Date next = timer.getNextValidTimeAfter(before);
            if (next != null) {
                Duration between = Duration.between(before.toInstant(), next.toInstant());
                longest = longest == null || between.compareTo(longest) > 0 ? between : longest;
            }
            before = next;
        }
        return longest == null ? NEVER : longest.plus(slack);
    }
}
