package io.saddlebag.health;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What is wrong with one organisation, each in a sentence that names the cause and what to do. An access token that has
 * ended is nothing wrong: the next call asks for another.
 *
 * @param organisation of the health answer, with circuit and troubles
 * @param reserve      percent of the day that pulls and pushes leave to webhooks and persons
 */
record HealthProblems(JsonNode organisation, int reserve, Instant now) {

    /** What waits for a slot has it when the minute is over, and a little later at the latest. */
    private static final Duration USUAL_WAIT = Duration.ofSeconds(90);

    /** Fewer, or a smaller share, is what webhooks are like. */
    private static final int MISSED = 5;
    private static final int MISSED_PERCENT = 10;

    List<String> sentences() {
        List<String> problems = new ArrayList<>();
        Set<String> reported = new HashSet<>(); // waits for these are explained by a problem above
        token(problems, reported);
        for (JsonNode scope : organisation.get("missingScopes")) {
            problems.add(about("the connection lacks the scope for " + text(scope, "area") + ". " + text(scope, "toDo")));
        }
        if (text(organisation, "circuit").equals("OPEN")) {
            problems.add(about("Zoho failed repeatedly (no answer, or 5xx), so this process holds its calls back and tries again by itself"
                    + " in less than a minute. If it stays, see status and ms in zoho_calls, and the network"));
            reported.add("circuit");
        }
        quota(problems, reported);
        waiting(problems, reported);
        for (JsonNode details : organisation.get("details")) {
            if (!details.get("error").isNull()) {
                problems.add(about("the details of " + text(details, "entity") + " (" + text(details, "lacking") + " lack them) are not"
                        + " fetched: " + text(details, "error") + ". When that is mended, the next look clears this"));
            }
        }
        for (JsonNode webhooks : organisation.get("webhooks")) {
            long missed = webhooks.get("missed").asLong();
            if (missed >= MISSED && missed * 100 > (missed + webhooks.get("told").asLong()) * MISSED_PERCENT) {
                problems.add(about("webhooks of " + text(webhooks, "entity") + " told " + text(webhooks, "told")
                        + " changes in the last day, and runs found " + missed + " more. See whether Zoho's rule for each event is active"
                        + " and the day's webhooks are not spent, or have POST /api/webhooks/register mend them; runs bring what webhooks miss"));
            }
        }
        for (JsonNode run : organisation.get("troubles")) {
            problems.add(about(trouble(run)));
        }
        return problems;
    }

    private void token(List<String> problems, Set<String> reported) {
        JsonNode token = organisation.get("token");
        boolean refused = token.get("refused").asBoolean();
        if (!token.get("toDo").isNull()) {
            problems.add(about(text(token, "toDo")));
            reported.add("token");
        } else if (!token.get("cooldownUntil").isNull() && (refused || token.get("validUntil").isNull())) {
            reported.add("token");
            problems.add(about((refused ? "Zoho refuses the access token, and is not asked for another one before "
                    : "there is no access token, and Zoho is not asked for one before ") + text(token, "cooldownUntil")
                    + "; then it is, by itself. More than 10 tokens in 10 minutes were asked for by all who use the refresh token, or the"
                    + " accounts server fails: give others a refresh token of their own, see ZOHO_ACCOUNTS_URL and the network"));
        }
    }

    private void quota(List<String> problems, Set<String> reported) {
        JsonNode quota = organisation.get("quota");
        if (!quota.get("blockedUntil").isNull()) {
            String until = text(quota, "blockedUntil");
            reported.add(text(quota, "blockedFor"));
            problems.add(about(switch (text(quota, "blockedFor")) {
                case "day" -> "Zoho says that the day's calls are spent, until " + until + ". Wait, or have the plan's limit raised;"
                        + " see who else calls";
                case "in-flight" -> "Zoho has too many calls in work and asks for none before " + until + ". If it stays, other programs keep"
                        + " its places: lower this organisation's callsInFlight";
                case "retry-after" -> "Zoho fails and asks for no call before " + until + " (Retry-After). Calls go on then by themselves;"
                        + " if it stays, see status in zoho_calls, and Zoho's status page";
                default -> "Zoho blocks calls until " + until + ": more came in a minute than it allows. If it stays,"
                        + " others call too: lower ZOHO_CALLS_PER_MINUTE, or this organisation's callsPerMinute";
            }));
        } else if (!quota.get("dayRemaining").isNull()
                && quota.get("dayRemaining").asLong() <= quota.get("dayLimit").asLong() * reserve / 100) {
            reported.add("day");
            problems.add(about("of the day's " + text(quota, "dayLimit") + " calls " + text(quota, "dayRemaining")
                    + " are left, for webhooks and persons only; runs wait until " + text(quota, "dayResetsAt")
                    + ". If this is not the exception, pull less often or have the plan's limit raised"));
        }
    }

    /** Of what waits longer than usual: the run, the call and the webhook that have waited longest. */
    private void waiting(List<String> problems, Set<String> reported) {
        JsonNode run = organisation.get("waiting").get("run");
        if (isLong(run) && reported.add(text(run, "for"))) {
            problems.add(about("the run of " + text(run, "entity") + " has waited since " + text(run, "since") + ", and will until "
                    + text(run, "until") + ": " + cause(text(run, "for"))));
        }
        JsonNode call = organisation.get("waiting").get("call");
        if (isLong(call) && reported.add(text(call, "for"))) {
            problems.add(about("a call (" + text(call, "purpose") + ") has waited since " + text(call, "since") + ": " + cause(text(call, "for"))));
        }
        JsonNode event = organisation.get("waiting").get("event");
        if (isLong(event)) {
            problems.add(about("a webhook of " + text(event, "entity") + " (" + text(event, "zohoId") + ") has waited since " + text(event, "since")
                    + (event.get("for").isNull() ? ". The inbox's workers are busy or stand still: see saddlebag_webhooks_pending and the log"
                        : ", is tried again at " + text(event, "until") + " and failed last because: " + text(event, "for")
                            + ". When that is mended, it is applied by itself")));
        }
    }

    private static String cause(String waitingFor) {
        return switch (waitingFor) {
            case "slot" -> "its turn has not come. Other calls of this process go first, or the database is slow: see"
                    + " hikaricp_connections_pending";
            case "minute" -> "the minute's calls are taken by other work again and again. See who calls in zoho_calls; raise"
                    + " ZOHO_CALLS_PER_MINUTE, or this organisation's callsPerMinute, as far as Zoho allows";
            case "day" -> "the day's calls are spent. Pull less often, or have the plan's limit raised";
            case "in-flight" -> "as many calls are in work as may be at one time. Zoho answers slowly (see ms in zoho_calls), or other programs"
                    + " keep its places";
            case "circuit" -> "Zoho fails again and again (no answer, or 5xx). See status and ms in zoho_calls, and the network";
            case "token" -> "there is no access token that Zoho takes, and no other one yet. See the outcomes in token_requests, and"
                    + " ZOHO_ACCOUNTS_URL; give others a refresh token of their own";
            case "retry-after" -> "Zoho fails and asks to be left alone (Retry-After). See status in zoho_calls, and Zoho's status page";
            case "lock" -> "somebody holds rows or tables locked that it writes. Find the session in pg_stat_activity by its old xact_start,"
                    + " and have its transaction end: SELECT pg_terminate_backend(pid)";
            default -> waitingFor;
        };
    }

    /** @param lock of health-locks.sql */
    static String lock(JsonNode lock) {
        return "Work on the database has waited since " + text(lock, "since") + " for a lock that session " + text(lock, "pid") + " (role "
                + text(lock, "role") + ", " + text(lock, "state") + ", its transaction begun " + text(lock, "begun") + ") holds. It goes on when"
                + " that transaction ends; if it does not: SELECT pg_terminate_backend(" + text(lock, "pid") + ")";
    }

    /** @param waiting a null, or since when something waits and, where that is known, until when it will */
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
            case "partial" -> which + "rejected records (" + text(run, "rejected") + "). See their errors in dead_letters; mend the records in"
                    + " Zoho, or the kind's SQL";
            case "abandoned" -> which + "was broken off: " + text(run, "error");
            default -> which + "failed: " + text(run, "error") + ". When that is mended, the next run clears this";
        };
    }

    private String about(String problem) {
        return "Organisation " + text(organisation, "org") + ": " + problem;
    }

    private static String text(JsonNode node, String key) {
        return node.get(key).asText();
    }
}
