package io.saddlebag.pull;

import io.saddlebag.common.BadSettingException;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TimeZone;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Body;
import org.quartz.CronScheduleBuilder;
import org.quartz.CronTrigger;
import org.quartz.JobKey;
import org.quartz.ObjectAlreadyExistsException;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.matchers.GroupMatcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Sets triggers in the clustered store for organisations with a schedule of their own. They are further triggers of the timer routes' jobs
 * (pull/incremental and pull/full), and their data name the organisation. So every replica can fire them from its start, and no route is
 * added or removed.
 */
@Component("organisationTimers")
public class OrganisationTimers {

    private static final Logger LOG = LoggerFactory.getLogger(OrganisationTimers.class);
    private static final String GROUP = "organisation-";
    private static final int LONGEST_EXPRESSION = 120; // the store's column

    private final Scheduler scheduler;
    /** For each trigger whose schedule cannot be followed, the reason. */
    private final Map<TriggerKey, String> refused = new ConcurrentHashMap<>();

    OrganisationTimers(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /**
     * Sets triggers that are missing or differ, and removes those that are no longer needed. An expression that cannot be followed changes
     * nothing: the former schedule stays in force.
     *
     * @param clocks rows of pull-clocks.sql: org, mode, cron, timezone and own (whether the schedule is the organisation's own)
     */
    public void bringInLine(@Body List<Map<String, Object>> clocks) throws SchedulerException {
        Set<TriggerKey> wanted = new HashSet<>();
        Map<TriggerKey, String> bad = new HashMap<>();
        for (Map<String, Object> clock : clocks) {
            if ((Boolean) clock.get("own")) {
                TriggerKey key = TriggerKey.triggerKey((String) clock.get("org"), GROUP + clock.get("mode"));
                wanted.add(key);
                try {
                    set(trigger(key, (String) clock.get("mode"), (String) clock.get("cron"), (String) clock.get("timezone")));
                } catch (BadSettingException e) {
                    bad.put(key, e.getMessage());
                }
            }
        }
        bad.forEach(this::refuse);
        refused.keySet().retainAll(bad.keySet());
        for (TriggerKey key : scheduler.getTriggerKeys(GroupMatcher.triggerGroupStartsWith(GROUP))) {
            if (!wanted.contains(key) && scheduler.unscheduleJob(key)) {
                LOG.info("Removed the timer {}: its organisation follows the schedule of the settings, or has none any more", key);
            }
        }
    }

    /** @return one sentence for each schedule of an organisation that cannot be followed */
    public List<String> refused(String org) {
        return refused.entrySet().stream().filter(entry -> entry.getKey().getName().equals(org)).map(Map.Entry::getValue)
                .sorted().toList();
    }

    private void set(CronTrigger wanted) throws SchedulerException {
        Trigger stored = scheduler.getTrigger(wanted.getKey());
        if (stored instanceof CronTrigger cron && cron.getCronExpression().equals(wanted.getCronExpression())
                && cron.getTimeZone().equals(wanted.getTimeZone())) {
            return;
        }
        try {
            Date next = stored == null ? scheduler.scheduleJob(wanted) : scheduler.rescheduleJob(wanted.getKey(), wanted);
            LOG.info("The timer {} follows {} in {}, next at {}", wanted.getKey(), wanted.getCronExpression(),
                    wanted.getTimeZone().getID(), next == null ? null : next.toInstant());
        } catch (ObjectAlreadyExistsException e) {
            LOG.debug("Another replica was faster to set the timer {}", wanted.getKey());
        }
    }

    private static CronTrigger trigger(TriggerKey key, String mode, String cron, String timezone) {
        String name = mode + " timer of organisation " + key.getName();
        if (cron.length() > LONGEST_EXPRESSION) {
            throw new BadSettingException(name, "longer than " + LONGEST_EXPRESSION + " characters", "Write a shorter expression");
        }
        return TriggerBuilder.newTrigger().withIdentity(key).forJob(JobKey.jobKey(mode, "pull")).usingJobData("org", key.getName())
                .withSchedule(CronScheduleBuilder.cronSchedule(TimerSettings.cron(name, cron))
                        .inTimeZone(TimeZone.getTimeZone(TimerSettings.zone(name, timezone)))
                        .withMisfireHandlingInstructionFireAndProceed())
                .build();
    }

    private void refuse(TriggerKey key, String reason) {
        if (!Objects.equals(refused.put(key, reason), reason)) { // reported once, not at every check
            LOG.warn("{}. The previous times stay in force", reason);
        }
    }
}
