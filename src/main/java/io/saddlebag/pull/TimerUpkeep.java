package io.saddlebag.pull;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.apache.camel.CamelContext;
import org.apache.camel.component.quartz.QuartzEndpoint;
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
 * Removes stored timers without a route. When a route is removed or renamed, Camel's Quartz component leaves its trigger in a clustered store, and
 * the trigger goes on firing.
 */
@Component
@Profile("!check")
class TimerUpkeep {

    private static final Logger LOG = LoggerFactory.getLogger(TimerUpkeep.class);

    private final CamelContext camel;
    private final Scheduler scheduler;
    private final TimerAgreement agreement;

    TimerUpkeep(CamelContext camel, Scheduler scheduler, TimerAgreement agreement) {
        this.camel = camel;
        this.scheduler = scheduler;
        this.agreement = agreement;
    }

    @EventListener(ApplicationReadyEvent.class)
    void bringInLine() throws SchedulerException, JsonProcessingException {
        for (TriggerKey key : scheduler.getTriggerKeys(GroupMatcher.anyTriggerGroup())) {
            Trigger stored = scheduler.getTrigger(key);
            if (stored == null) {
                continue; // the trigger has fired for the last time and is gone
            }
            QuartzEndpoint endpoint = endpoint(stored.getJobKey());
            if (endpoint == null) {
                scheduler.deleteJob(stored.getJobKey());
                LOG.info("Removed the timer {}: no route has this timer any more", key);
            }
        }
        agreement.join();
    }

    /** Camel gives a job the name of its route's trigger. */
    private QuartzEndpoint endpoint(JobKey job) {
        return camel.getEndpoints().stream().filter(QuartzEndpoint.class::isInstance).map(QuartzEndpoint.class::cast)
                .filter(endpoint -> job.getName().equals(endpoint.getTriggerKey().getName())
                        && job.getGroup().equals(endpoint.getTriggerKey().getGroup())).findFirst().orElse(null);
    }
}
