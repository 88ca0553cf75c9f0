package io.saddlebag.pull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.component.quartz.QuartzEndpoint;
import org.quartz.CronScheduleBuilder;
import org.quartz.CronTrigger;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.TriggerKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.env.Environment;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Decides which schedule the timers follow if replicas have different settings: that of the replica that has run longest. A replica with
 * wrong settings therefore changes nothing, and a new schedule begins when the last replica with the old one has stopped. Until then every
 * replica reports the difference. Camel's Quartz component lets a starting replica change the stored expression, but not the zone; the
 * stored expression is restored.
 */
@Component("timerAgreement")
public class TimerAgreement implements DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(TimerAgreement.class);
    private static final String IN = " in ";
    /** A replica counts as alive if its last sign of life is at most three intervals old. */
    private static final String REPLICAS = """
            SELECT r.instance, CAST(r.timers AS text) AS timers FROM timer_replicas r
             WHERE r.sched_name = ?
               AND (r.instance = ? OR EXISTS (SELECT FROM qrtz_scheduler_state s WHERE s.sched_name = r.sched_name AND s.instance_name = r.instance
                       AND s.last_checkin_time + 3 * s.checkin_interval > extract(epoch FROM clock_timestamp()) * 1000))
             ORDER BY r.started_at, r.instance""";
    private static final int NAMED = 3;

    private record Replica(String instance, Map<?, ?> timers) {
    }

    private final CamelContext camel;
    private final Scheduler scheduler;
    private final JdbcTemplate database;
    private final Environment environment;
    private final ObjectMapper json = new ObjectMapper();
    private volatile Map<String, String> ours = Map.of();
    private volatile Map<?, ?> followed = Map.of();
    private volatile List<String> problems = List.of();

    TimerAgreement(CamelContext camel, Scheduler scheduler, JdbcTemplate database, Environment environment) {
        this.camel = camel;
        this.scheduler = scheduler;
        this.database = database;
        this.environment = environment;
    }

    /** Publishes the schedule of this replica when its timers exist, and then follows the common one. */
    public void join() throws SchedulerException, JsonProcessingException {
        Map<String, String> timers = new TreeMap<>();
        camel.getEndpoints().stream().filter(QuartzEndpoint.class::isInstance).map(QuartzEndpoint.class::cast)
            .filter(endpoint -> endpoint.getCron() != null).forEach(endpoint -> {
                Object zone = endpoint.getTriggerParameters().get("timeZone");
                timers.put(name(endpoint.getTriggerKey()), endpoint.getCron() + IN
                    + (zone == null ? TimeZone.getDefault() : TimeZone.getTimeZone(zone.toString())).getID());
            });
        ours = timers;
        database.update("INSERT INTO timer_replicas AS r (sched_name, instance, timers) VALUES (?, ?, CAST(? AS jsonb)) "
            + "ON CONFLICT (sched_name, instance) DO UPDATE SET timers = EXCLUDED.timers",
            scheduler.getSchedulerName(), scheduler.getSchedulerInstanceId(), json.writeValueAsString(timers));
        agree();
    }

    /** Restores the stored timers of the replica that has run longest, and reports the replicas that differ from it. */
    public void agree() throws SchedulerException, JsonProcessingException {
        if (ours.isEmpty()) {
            return; // the timers do not exist yet
        }
        List<Replica> replicas = new ArrayList<>();
        for (Map<String, Object> row : database.queryForList(REPLICAS, scheduler.getSchedulerName(), scheduler.getSchedulerInstanceId())) {
            replicas.add(new Replica((String) row.get("instance"), json.readValue((String) row.get("timers"), Map.class)));
        }
        if (replicas.isEmpty()) {
            return; // this process is shutting down
        }
        followed = replicas.get(0).timers();
        for (Map<String, Object> row : database.queryForList("SELECT trigger_group, trigger_name, cron_expression, time_zone_id "
                + "FROM qrtz_cron_triggers WHERE sched_name = ?", scheduler.getSchedulerName())) {
            TriggerKey key = TriggerKey.triggerKey((String) row.get("trigger_name"), (String) row.get("trigger_group"));
            Object wanted = ours.containsKey(name(key)) ? followed.get(name(key)) : null;
            if (wanted != null && !isSame(wanted, row.get("cron_expression") + IN + row.get("time_zone_id"))) {
                follow(key, wanted.toString());
            }
        }
        List<String> found = replicas.stream().skip(1).map(replica -> difference(replica, replicas.get(0))).filter(text -> text != null).toList();
        found.stream().filter(text -> !problems.contains(text)).forEach(LOG::warn);
        problems = found;
    }

    /** @return one sentence for each replica whose settings differ from the common schedule */
    public List<String> problems() {
        return problems;
    }

    /** @return the time zone of organisations without one of their own */
    public String zone() {
        String full = followed("pull/full");
        return full == null ? environment.getProperty("saddlebag.pull.timezone") : full.substring(full.indexOf(IN) + IN.length());
    }

    /** @return the cron expression of incremental runs for organisations without one of their own */
    public String incremental() {
        return cron("pull/incremental", "saddlebag.pull.cron");
    }

    /** @return the cron expression of full runs for organisations without one of their own */
    public String full() {
        return cron("pull/full", "saddlebag.pull.full-cron");
    }

    private String cron(String name, String setting) {
        String timer = followed(name);
        return timer == null ? environment.getProperty(setting) : timer.substring(0, timer.indexOf(IN));
    }

    private String followed(String timer) {
        return (String) followed.get(timer);
    }

    /** The trigger starts now: from an earlier start, Quartz makes up for a time of the new schedule that is over. */
    private void follow(TriggerKey key, String wanted) throws SchedulerException {
        int end = wanted.indexOf(IN);
        if (scheduler.getTrigger(key) instanceof CronTrigger stored) {
            scheduler.rescheduleJob(key, stored.getTriggerBuilder().startNow().withSchedule(CronScheduleBuilder.cronSchedule(wanted.substring(0, end))
                .inTimeZone(TimeZone.getTimeZone(wanted.substring(end + IN.length()))).withMisfireHandlingInstructionFireAndProceed()).build());
            LOG.info("The timer {} now follows {}", name(key), wanted);
        }
    }

    private String difference(Replica other, Replica longest) {
        List<String> timers = other.timers().entrySet().stream().filter(timer -> longest.timers().get(timer.getKey()) != null)
            .filter(timer -> !isSame(timer.getValue(), longest.timers().get(timer.getKey())))
            .map(timer -> timer.getKey() + " at " + timer.getValue() + " instead of " + longest.timers().get(timer.getKey())).sorted().toList();
        if (timers.isEmpty()) {
            return null;
        }
        return "Replica " + other.instance() + " is set to other timers than replica " + longest.instance() + ", which has run longest and whose timers"
            + " all replicas follow: " + String.join(", ", timers.subList(0, Math.min(NAMED, timers.size())))
            + (timers.size() > NAMED ? " and " + (timers.size() - NAMED) + " more" : "") + ". Give all the same SADDLEBAG_TIMEZONE, SADDLEBAG_PULL_CRON,"
            + " SADDLEBAG_FULL_CRON and other expressions of config/application.yaml, and restart those that are not to stay as they are";
    }

    /** Treats UTC and GMT as equal, and small letters and capitals: Quartz stores mon-fri as MON-FRI. */
    private static boolean isSame(Object one, Object other) {
        String[] a = one.toString().split(IN);
        String[] b = other.toString().split(IN);
        return a[0].equalsIgnoreCase(b[0]) && TimeZone.getTimeZone(a[1]).hasSameRules(TimeZone.getTimeZone(b[1]));
    }

    private static String name(TriggerKey key) {
        return key.getGroup() + "/" + key.getName();
    }

    /** Withdraws the schedule of a replica that stops, so that the others need not wait until its sign of life is too old. */
    @Override
    public void destroy() throws SchedulerException {
        if (!ours.isEmpty()) {
            ours = Map.of();
            try {
                database.update("DELETE FROM timer_replicas WHERE sched_name = ? AND instance = ?", scheduler.getSchedulerName(),
                    scheduler.getSchedulerInstanceId());
            } catch (DataAccessException e) {
                LOG.debug("The database is not available. The others will soon ignore the row of this replica", e);
            }
        }
    }
}
