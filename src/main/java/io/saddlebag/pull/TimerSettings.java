package io.saddlebag.pull;

import io.saddlebag.common.BadSettingException;
import io.saddlebag.common.Settings;
import java.text.ParseException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Date;
import java.util.List;
import java.util.TimeZone;
import org.quartz.CronExpression;

/** The settings of the timers, checked before anything starts. */
public record TimerSettings(Settings settings) {

    /** @throws BadSettingException for the first setting of the timers that cannot work */
    public void check() {
        cron("SADDLEBAG_PULL_CRON", settings.text("saddlebag.pull.cron"));
        cron("SADDLEBAG_FULL_CRON", settings.text("saddlebag.pull.full-cron"));
        cron("SADDLEBAG_PUSH_CRON", settings.text("saddlebag.push.cron"));
        cron("SADDLEBAG_PUSH_FULL_CRON", settings.text("saddlebag.push.full-cron"));
        for (String property : List.of("saddlebag.pull.stock-sweep-cron", "saddlebag.push.verify-cron", "saddlebag.housekeeping-cron")) {
            cron(property, settings.text(property));
        }
        timezone();
        settings.flag("SADDLEBAG_PULL_AT_START", "saddlebag.pull.at-start");
    }

    /**
     * The zone of all timers, in a form that {@link TimeZone} understands: it reads +02:00, which is valid in java.time, as Greenwich. The default is
     * UTC with an external database, because the replicas may run on machines in different zones.
     */
    public String timezone() {
        String zone = settings.text("saddlebag.pull.timezone");
        return zone("SADDLEBAG_TIMEZONE", !zone.isEmpty() ? zone
            : settings.given("saddlebag.database.url") ? "UTC" : ZoneId.systemDefault().getId());
    }

    /**
     * @param name name of the setting, for the error
     * @return the zone under the name that {@link TimeZone} knows
     * @throws BadSettingException when there is no such zone
     */
    public static String zone(String name, String zone) {
        try {
            return TimeZone.getTimeZone(ZoneId.of(zone)).getID();
        } catch (DateTimeException e) {
            throw new BadSettingException(name, Settings.quoted(zone) + " is no time zone",
                "Write one such as Europe/Berlin or UTC");
        }
    }

    /**
     * @param name name of the setting, for the error
     * @return the expression
     * @throws BadSettingException when Quartz cannot read it, or when it never fires
     */
    public static String cron(String name, String expression) {
        try {
            if (new CronExpression(expression).getNextValidTimeAfter(new Date()) == null) {
                throw bad(name, expression, "never comes");
            }
            return expression;
        } catch (ParseException e) {
            throw bad(name, expression, "is no Quartz expression: " + e.getMessage());
        }
    }

    private static BadSettingException bad(String name, String expression, String problem) {
        return new BadSettingException(name, Settings.quoted(expression) + " " + problem,
            "Write six fields: second, minute, hour, day of month, month, day of week, such as 0 0/15 * * * ?");
    }
}
