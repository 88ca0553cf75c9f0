package io.saddlebag.pull;

import io.saddlebag.common.BadSettingException;
import io.saddlebag.common.Settings;
import java.text.ParseException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Date;
import java.util.TimeZone;
import org.quartz.CronExpression;

/** When pulls run: checked before anything starts. */
public record TimerSettings(Settings settings) {

    /** @throws BadSettingException for the first setting of the timers that cannot work */
    public void check() {
        cron("SADDLEBAG_PULL_CRON", "saddlebag.pull.cron");
        cron("SADDLEBAG_FULL_CRON", "saddlebag.pull.full-cron");
        timezone();
        settings.flag("SADDLEBAG_PULL_AT_START", "saddlebag.pull.at-start");
    }

    /** Of both timers, under the name that {@link TimeZone} knows: it takes +02:00, which Java knows, for Greenwich. */
    public String timezone() {
        String zone = settings.text("saddlebag.pull.timezone");
        try {
            return TimeZone.getTimeZone(zone.isEmpty() ? ZoneId.systemDefault() : ZoneId.of(zone)).getID();
        } catch (DateTimeException e) {
            throw new BadSettingException("SADDLEBAG_TIMEZONE", Settings.quoted(zone) + " is no time zone",
                "Write one such as Europe/Berlin or UTC");
        }
    }

    private void cron(String variable, String property) {
        String expression = settings.text(property);
        try {
            if (new CronExpression(expression).getNextValidTimeAfter(new Date()) == null) {
                throw bad(variable, expression, "never comes");
            }
        } catch (ParseException e) {
            throw bad(variable, expression, "is no Quartz expression: " + e.getMessage());
        }
    }

    private static BadSettingException bad(String variable, String expression, String problem) {
        return new BadSettingException(variable, Settings.quoted(expression) + " " + problem,
            "Write six fields: second, minute, hour, day of month, month, day of week, such as 0 0/15 * * * ?");
    }
}
