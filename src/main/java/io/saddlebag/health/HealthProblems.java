package io.saddlebag.health;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.health.Finding.Mend;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Describes the problems of one organisation, one sentence each, with cause and remedy. An expired access token is not a problem, because the
 * next call requests a new one.
 *
 * @param organisation the organisation's part of the health answer, with circuitOpenIn, metaCircuitOpenIn and troubles
 * @param reserve      percent of the daily quota that pulls and pushes leave to webhooks and people
 */
record HealthProblems(JsonNode organisation, int reserve, Instant now) {

    /** A call that waits for a slot gets one when the minute ends, or shortly after. */
    private static final Duration USUAL_WAIT = Duration.ofSeconds(90);

    /** Fewer missed changes, or a smaller share, are normal for webhooks. */
    private static final int MISSED = 5;
    private static final int MISSED_PERCENT = 10;

    List<Finding> findings() {
        List<Finding> problems = new ArrayList<>();
        Set<String> reported = new HashSet<>(); // causes of waiting that an earlier sentence explains
        token(problems, reported);
        for (JsonNode scope : organisation.get("missingScopes")) {
            problems.add(finding("scope" + text(scope, "area").replace('/', '.'), text(scope, "since"), "the connection lacks the scope for " + text(scope, "area") + ". "
                + text(scope, "toDo"), Mend.page("Agree to all scopes", address("/oauth/connect") + (text(scope, "toDo").contains("&for=push") ? "&for=push" : ""))));
        }
        heldBack("circuitOpenIn").ifPresent(processes -> {
            problems.add(finding("circuit", "Zoho failed repeatedly (no answer, or 5xx), so " + processes + " in less than a minute. If this persists, check status and ms in zoho_calls, and the network", calls()));
            reported.add("circuit");
        });
        heldBack("metaCircuitOpenIn").ifPresent(processes -> {
            problems.add(finding("meta-circuit", "Meta failed repeatedly (no answer, or 5xx), so " + processes + " in less than a minute. If this persists, check status and ms in zoho_calls, and the network", calls()));
            reported.add("meta-circuit");
        });
        quota(problems, reported);
        waiting(problems, reported);
        for (JsonNode details : organisation.get("details")) {
            if (!details.get("error").isNull()) {
                problems.add(finding("details." + text(details, "entity"), "the details of " + text(details, "entity") + " (" + text(details, "lacking")
                        + (details.get("lacking").asLong() == 1 ? " record lacks" : " records lack") + " them) are not fetched: " + text(details, "error") + ". After the cause is fixed, the next success clears this", check()));
            }
        }
        for (JsonNode webhooks : organisation.get("webhooks")) {
            long missed = webhooks.get("missed").asLong();
            if (missed >= MISSED && missed * 100 > (missed + webhooks.get("told").asLong()) * MISSED_PERCENT) {
                problems.add(finding("webhooks-missed." + text(webhooks, "entity"), "webhooks of " + text(webhooks, "entity") + " reported " + text(webhooks, "told")
                        + " changes in the last day, and runs found " + missed + " more. Check in Zoho that the rule for each event is active"
                        + " and that the daily limit of webhooks is not reached, or call POST /api/webhooks/register to repair the rules."
                        + " Runs bring the changes that webhooks miss", Mend.page("Register webhooks", address("/webhooks/register"))));
            }
        }
        for (JsonNode push : organisation.path("push")) {
            problems.addAll(new PushProblems(text(organisation, "org"), push, now).findings());
        }
        for (JsonNode without : organisation.path("withoutResult")) {
            boolean one = without.get("records").asLong() == 1;
            problems.add(finding("push." + text(without, "target") + ".no-result", text(without, "records") + (one ? " record of " : " records of ") + text(without, "target") + " had no result within a day of being accepted, so"
                    + (one ? " it is" : " they are") + " sent again. If this persists, look at the catalogue in Meta's Commerce Manager, and at error in push_handles",
                Mend.page("See the records", address("/push/" + text(without, "target")))));
        }
        for (JsonNode run : organisation.get("troubles")) {
            problems.add(finding("run." + text(run, "entity"), trouble(run), repair(run)));
        }
        causes().forEach(cause -> once(cause, problems));
        return problems;
    }

    /** @return what Zoho, or a failure, said in several sentences: with the remedy behind the cause */
    private List<String> causes() {
        List<JsonNode> causes = new ArrayList<>(List.of(organisation.get("token").get("toDo"), organisation.get("waiting").get("event").path("for")));
        organisation.get("details").forEach(details -> causes.add(details.get("error")));
        organisation.path("push").forEach(push -> causes.add(push.path("lastError")));
        organisation.get("troubles").forEach(run -> causes.add(run.path("error")));
        return causes.stream().filter(JsonNode::isTextual).map(JsonNode::asText).filter(cause -> !brief(cause).equals(cause)).distinct().toList();
    }

    /** The first problem with this cause has all of it, and the others name that problem. */
    private static void once(String cause, List<Finding> problems) {
        List<Finding> having = problems.stream().filter(problem -> problem.text().contains(cause)).toList();
        having.stream().skip(1).forEach(problem -> problems.set(problems.indexOf(problem), new Finding(problem.key(), problem.org(),
            problem.text().replace(cause, brief(cause) + ", see the problem " + having.get(0).key()), problem.since(), problem.mend())));
    }

    private static String brief(String cause) {
        return cause.split("[:.] ", 2)[0];
    }

    private void token(List<Finding> problems, Set<String> reported) {
        JsonNode token = organisation.get("token");
        boolean refused = token.get("refused").asBoolean();
        if (!token.get("toDo").isNull()) {
            problems.add(finding("token", text(token, "toDo"), Mend.page("Connect to Zoho", address("/oauth/connect"))));
            reported.add("token");
        } else if (!token.get("cooldownUntil").isNull() && (refused || token.get("validUntil").isNull())) {
            reported.add("token");
            problems.add(finding("token", (refused ? "Zoho refuses the access token. A new one is requested automatically at "
                    : "there is no access token. One is requested automatically at ") + text(token, "cooldownUntil")
                    + ". Either all users of the refresh token together requested more than 10 access tokens in 10 minutes, or the"
                    + " accounts server fails: give other programs a refresh token of their own, and check ZOHO_ACCOUNTS_URL and the network", check()));
        }
    }

    private void quota(List<Finding> problems, Set<String> reported) {
        JsonNode quota = organisation.get("quota");
        if (quota.hasNonNull("creditsBlockedUntil")) {
            reported.add("day");
            problems.add(finding("credits", "the credits of Zoho CRM are used up, so no call goes to CRM before " + text(quota, "creditsBlockedUntil")
                    + ". Pushes to CRM wait and then try again; other products go on. Credits come back within 24 hours: check credits in"
                    + " zoho_calls and which other programs call CRM, or have the edition's credits raised", calls()));
        }
        if (!quota.get("blockedUntil").isNull()) {
            String until = text(quota, "blockedUntil");
            reported.add(text(quota, "blockedFor"));
            problems.add(finding("quota." + text(quota, "blockedFor"), switch (text(quota, "blockedFor")) {
                case "day" -> "Zoho reports that the daily quota is used up until " + until + ". Wait, or have the plan's limit raised."
                        + " Check which other programs call Zoho";
                case "in-flight" -> "Zoho is processing too many calls at once and accepts none before " + until + ". If this persists, other"
                        + " programs use the limit of concurrent calls: lower this organisation's callsInFlight";
                case "retry-after" -> "Zoho fails and asked for no calls before " + until + " (Retry-After). Calls resume then automatically."
                        + " If this persists, check status in zoho_calls, and Zoho's status page";
                default -> "Zoho blocks calls until " + until + ": more came in a minute than it allows. If this persists,"
                        + " other programs call Zoho too: lower ZOHO_CALLS_PER_MINUTE, or this organisation's callsPerMinute";
            }, calls()));
        } else if (!quota.get("dayRemaining").isNull()
                && quota.get("dayRemaining").asLong() <= quota.get("dayLimit").asLong() * reserve / 100) {
            reported.add("day");
            problems.add(finding("quota.day", text(quota, "dayRemaining") + " of " + text(quota, "dayLimit")
                    + " calls of the daily quota are left. They are reserved for webhooks and people; runs wait"
                    + (quota.hasNonNull("dayResetsAt") ? " until " + text(quota, "dayResetsAt") : " for the next day")
                    + ". If this happens often, pull less often or have the plan's limit raised", calls()));
        }
    }

    /** The run, the call and the webhook that have waited longest, each if it waits longer than usual. */
    private void waiting(List<Finding> problems, Set<String> reported) {
        JsonNode run = organisation.get("waiting").get("run");
        if (isLong(run) && reported.add(text(run, "for"))) {
            problems.add(finding("waiting.run", text(run, "since"), "the run of " + text(run, "entity") + " has waited since " + text(run, "since") + ", and will until "
                    + text(run, "until") + ": " + cause(text(run, "for")), Mend.page("See the run", "/runs/" + text(run, "id"))));
        }
        JsonNode call = organisation.get("waiting").get("call");
        if (isLong(call) && reported.add(text(call, "for"))) {
            problems.add(finding("waiting.call", text(call, "since"), "a call (" + text(call, "purpose") + ") has waited since " + text(call, "since") + ": "
                    + cause(text(call, "for")), calls()));
        }
        JsonNode event = organisation.get("waiting").get("event");
        if (isLong(event)) {
            problems.add(finding("waiting.webhook", text(event, "since"), "a webhook of " + text(event, "entity") + " (" + text(event, "zohoId") + ") has waited since " + text(event, "since")
                    + (event.get("for").isNull() ? ". The inbox's workers are busy or have stopped: check saddlebag_webhooks_pending and the log"
                        : ". It is retried at " + text(event, "until") + "; the last attempt failed: " + text(event, "for")
                            + ". After the cause is fixed, the webhook is applied automatically"),
                Mend.page("See the webhooks", address("/webhooks"))));
        }
    }

    private static String cause(String waitingFor) {
        return switch (waitingFor) {
            case "slot" -> "its turn has not come, because other calls of this process go first. Check hikaricp_connections_pending; if it is"
                    + " above 0, the database is slow";
            case "minute" -> "other work uses up the calls of each minute. See in zoho_calls who calls; raise"
                    + " ZOHO_CALLS_PER_MINUTE, or this organisation's callsPerMinute, as far as Zoho allows";
            case "day" -> "the daily quota is used up. Pull less often, or have the plan's limit raised";
            case "in-flight" -> "the limit of concurrent calls is reached. Zoho answers slowly (check ms in zoho_calls), or other programs"
                    + " use the limit";
            case "circuit" -> "Zoho fails repeatedly (no answer, or 5xx). Check status and ms in zoho_calls, and the network";
            case "meta-circuit" -> "Meta fails repeatedly (no answer, or 5xx). Check status and ms in zoho_calls, and the network";
            case "token" -> "there is no access token that Zoho accepts. Check the outcomes in token_requests, and"
                    + " ZOHO_ACCOUNTS_URL; give other programs a refresh token of their own";
            case "meta" -> "Meta takes no more calls to the catalogue for now (80014). Other programs may write to the catalogue too. If this persists,"
                    + " lower saddlebag.meta.calls-per-minute";
            case "retry-after" -> "Zoho fails and asked for a pause (Retry-After). Check status in zoho_calls, and Zoho's status page";
            case "lock" -> "another session locks the rows or tables that it writes. Find that session in pg_stat_activity by its old xact_start,"
                    + " and end its transaction: SELECT pg_terminate_backend(pid)";
            default -> waitingFor;
        };
    }

    /** @return which processes hold back their calls; empty if none does */
    private Optional<String> heldBack(String key) {
        List<String> open = new ArrayList<>();
        organisation.get(key).forEach(process -> open.add(process.asText()));
        return open.isEmpty() ? Optional.empty() : Optional.of(open.size() == 1 ? "the process " + open.get(0) + " holds its calls back. It tries again by itself"
                : "the processes " + String.join(", ", open) + " hold their calls back. They try again by themselves");
    }

    /** @param lock of health-locks.sql */
    static String lock(JsonNode lock) {
        return "A statement has waited since " + text(lock, "since") + " for a lock held by session " + text(lock, "pid") + " (role "
                + text(lock, "role") + ", " + text(lock, "state") + ", transaction started " + text(lock, "begun") + "). It continues when"
                + " that transaction ends. To end it: SELECT pg_terminate_backend(" + text(lock, "pid") + ")";
    }

    /** @param waiting null, or the start of the wait (since) and, if known, its end (until) */
    private boolean isLong(JsonNode waiting) {
        if (waiting == null || waiting.isNull()) {
            return false;
        }
        Instant until = waiting.hasNonNull("until") ? OffsetDateTime.parse(text(waiting, "until")).toInstant() : now;
        Instant end = until.isAfter(now) ? until : now;
        return Duration.between(OffsetDateTime.parse(text(waiting, "since")).toInstant(), end).compareTo(USUAL_WAIT) > 0;
    }

    private static String trouble(JsonNode run) {
        String which = "the last run of " + text(run, "entity") + ", ended " + text(run, "finishedAt") + ", ";
        return switch (text(run, "status")) {
            case "partial" -> which + partial(run);
            case "abandoned" -> which + "was broken off: " + text(run, "error") + ". The next run continues from its position. If this"
                    + " happens again, find out in the log why the process stopped";
            default -> which + "failed: " + text(run, "error") + ". After the cause is fixed, the next success clears this";
        };
    }

    /**
     * A run is partial because of rejected records, because its error left something undone (such as deletes that are held), or both. Rejected records
     * are a problem only while dead letters wait.
     */
    private static String partial(JsonNode run) {
        long rejected = run.get("rejected").asLong();
        String error = run.hasNonNull("error") ? text(run, "error") : "";
        if (run.get("letters").asLong() == 0) {
            return "is partial" + (error.isEmpty() ? "" : ": " + error);
        }
        return "rejected " + rejected + (rejected == 1 ? " record" : " records") + ": see GET /api/dead-letters?entity=" + text(run, "entity")
            + "; correct them in Zoho, or the kind's SQL" + (error.isEmpty() ? "" : "; " + error);
    }

    /** @return what helps after a run that failed, rejected records or left deletes to a person */
    private Mend repair(JsonNode run) {
        if (run.get("letters").asLong() > 0) {
            return Mend.page("See dead letters", address("/dead-letters") + "&entity=" + text(run, "entity"));
        }
        return switch (text(run, "status")) {
            case "partial" -> run.path("held").asBoolean() ? Mend.page("Release or refuse", address("/deletes/" + text(run, "id")))
                : Mend.page("See the run", address("/runs/" + text(run, "id")));
            default -> Mend.call("Sync now", address("/api/sync/" + text(run, "entity")));
        };
    }

    private Mend calls() {
        return Mend.page("See the calls", address("/calls"));
    }

    private Mend check() {
        return Mend.call("Check the connection", address("/api/zoho/check"));
    }

    private String address(String path) {
        return path + "?org=" + text(organisation, "org");
    }

    private Finding finding(String key, String problem, Mend mend) {
        return finding(key, null, problem, mend);
    }

    private Finding finding(String key, String since, String problem, Mend mend) {
        String org = text(organisation, "org");
        return new Finding(org + "." + key, org, "Organisation " + org + ": " + problem, since, mend);
    }

    private static String text(JsonNode node, String key) {
        return node.get(key).asText();
    }
}
