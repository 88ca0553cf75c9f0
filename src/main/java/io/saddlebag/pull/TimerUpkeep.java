package io.saddlebag.pull;

import java.util.TimeZone;
import org.apache.camel.CamelContext;
import org.apache.camel.component.quartz.QuartzEndpoint;
import org.quartz.CronScheduleBuilder;
import org.quartz.CronTrigger;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerKey;
import org.quartz.impl.matchers.GroupMatcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Brings the stored timers in line with the routes. Camel's Quartz component leaves in a clustered store the trigger of
 * a route that was removed or renamed, which goes on firing into nothing, and does not notice a time zone that changed.
 */
@Component
@Profile("!sandbox & !check")
class TimerUpkeep {

    private static final Logger LOG = LoggerFactory.getLogger(TimerUpkeep.class);

    private final CamelContext camel;
    private final Scheduler scheduler;

    TimerUpkeep(CamelContext camel, Scheduler scheduler) {
        this.camel = camel;
        this.scheduler = scheduler;
    }

    @EventListener(ApplicationReadyEvent.class)
    void bringInLine() throws SchedulerException {
        for (TriggerKey key : scheduler.getTriggerKeys(GroupMatcher.anyTriggerGroup())) {
            Trigger stored = scheduler.getTrigger(key);
            if (stored == null) {
                continue; // it had fired for the last time
            }
            QuartzEndpoint endpoint = endpoint(stored.getJobKey());
            if (endpoint == null) {
                scheduler.deleteJob(stored.getJobKey());
                LOG.info("Removed the timer {}: no route has it any more", key);
            } else if (stored instanceof CronTrigger cron && key.equals(endpoint.getTriggerKey())) {
                Object wanted = endpoint.getTriggerParameters().get("timeZone");
                TimeZone zone = wanted == null ? TimeZone.getDefault() : TimeZone.getTimeZone(wanted.toString());
                if (!zone.hasSameRules(cron.getTimeZone())) {
                    scheduler.rescheduleJob(key, cron.getTriggerBuilder().withSchedule(
                            CronScheduleBuilder.cronSchedule(cron.getCronExpression()).inTimeZone(zone)
                                    .withMisfireHandlingInstructionFireAndProceed()).build());
                    LOG.info("The timer {} now follows the clock of {}", key, zone.getID());
                }
            }
        }
    }

    /** Camel names a job as the trigger of its route. */
    private QuartzEndpoint endpoint(JobKey job) {
        return camel.getEndpoints().stream().filter(QuartzEndpoint.class::isInstance).map(QuartzEndpoint.class::cast)
                .filter(endpoint -> job.getName().equals(endpoint.getTriggerKey().getName())
                        && job.getGroup().equals(endpoint.getTriggerKey().getGroup())).findFirst().orElse(null);
    }
}
