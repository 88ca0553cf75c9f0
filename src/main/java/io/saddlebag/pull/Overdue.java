package io.saddlebag.pull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import org.apache.camel.Body;
import org.quartz.CronExpression;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Computes the age at which the last success of a timer is too old: the longest pause of its cron expression plus some slack. Pauses are
 * computed in UTC, so that a timer that daylight saving skips is overdue.
 */
@Component("overdue")
public class Overdue {

    private static final int PAUSES = 400; // more than a year of a daily timer
    private static final Duration WEEK = Duration.ofDays(8); // and a day: the nights and the weekend of a timer that strikes often
    private static final Duration NEVER = Duration.ofDays(36_500);

    private final Duration incrementalSlack;
    private final Duration fullSlack;
    private final ObjectMapper json = new ObjectMapper();

    Overdue(@Value("${saddlebag.pull.overdue-slack}") Duration incrementalSlack,
            @Value("${saddlebag.pull.full-overdue-slack}") Duration fullSlack) {
        this.incrementalSlack = incrementalSlack;
        this.fullSlack = fullSlack;
    }

    /**
     * @param clocks rows of pull-clocks.sql: org, mode and cron
     * @return a JSON array of org, mode and age (an ISO 8601 duration). The age is a hundred years for an expression that is invalid, or fires
     *         once or never
     */
    public String ages(@Body List<Map<String, Object>> clocks) throws JsonProcessingException {
        Map<List<Object>, String> known = new HashMap<>(); // most organisations share an expression
        ArrayNode ages = json.createArrayNode();
        for (Map<String, Object> clock : clocks) {
            String age = known.computeIfAbsent(List.of(clock.get("mode"), clock.get("cron")), key ->
                    age((String) clock.get("cron"), clock.get("mode").equals("full") ? fullSlack : incrementalSlack).toString());
            ages.addObject().put("org", (String) clock.get("org")).put("mode", (String) clock.get("mode")).put("age", age);
        }
        return json.writeValueAsString(ages);
    }

    private static Duration age(String cron, Duration slack) {
        CronExpression timer;
        try {
            String read = new CronExpression(cron).getCronExpression();
            timer = new CronExpression(read.strip().replaceFirst("\\S+", "0")); // to the minute, or a week of a timer of every second would take seconds
        } catch (ParseException e) {
            return NEVER;
        }
        timer.setTimeZone(TimeZone.getTimeZone("UTC"));
        Duration longest = null;
        Date before = timer.getNextValidTimeAfter(Date.from(Instant.now()));
        Instant end = before == null ? Instant.MAX : before.toInstant().plus(WEEK);
        for (int pause = 0; before != null && (pause < PAUSES || before.toInstant().isBefore(end)); pause++) {
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
