package io.saddlebag.operations;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What is wrong with one organisation, each in a sentence that names the cause and what to do. An access token that has
 * ended is nothing wrong: the next call asks for another.
 *
 * @param organisation of the health answer, with circuit and troubles
 * @param reserve      percent of the day that pulls and pushes leave to webhooks and persons
 */
record HealthProblems(JsonNode organisation, int reserve) {

    /** Fewer, or a smaller share, is what webhooks are like. */
    private static final int MISSED = 5;
    private static final int MISSED_PERCENT = 10;

    List<String> sentences() {
        List<String> problems = new ArrayList<>();
        token(problems);
        for (JsonNode scope : organisation.get("missingScopes")) {
            problems.add(about("the connection lacks the scope for " + text(scope, "area") + ". " + text(scope, "toDo")));
        }
        if (text(organisation, "circuit").equals("OPEN")) {
            problems.add(about("Zoho failed repeatedly (no answer, or 5xx), so this process holds its calls back and tries again by itself"
                    + " in less than a minute. If it stays, see status and ms in zoho_calls, and the network"));
        }
        quota(problems);
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

    private void token(List<String> problems) {
        JsonNode token = organisation.get("token");
        if (!token.get("toDo").isNull()) {
            problems.add(about(text(token, "toDo")));
        } else if (!token.get("cooldownUntil").isNull() && token.get("validUntil").isNull()) {
            problems.add(about("there is no access token, and Zoho is not asked for one before " + text(token, "cooldownUntil")
                    + "; then it is, by itself. More than 10 tokens in 10 minutes were asked for by all who use the refresh token, or the"
                    + " accounts server fails: give others a refresh token of their own, see ZOHO_ACCOUNTS_URL and the network"));
        }
    }

    private void quota(List<String> problems) {
        JsonNode quota = organisation.get("quota");
        if (!quota.get("blockedUntil").isNull()) {
            problems.add(about(text(quota, "blockedFor").equals("day")
                    ? "Zoho says that the day's calls are spent, until " + text(quota, "blockedUntil")
                        + ". Wait, or have the plan's limit raised; see who else calls"
                    : "Zoho blocks calls until " + text(quota, "blockedUntil") + ": more came in a minute than it allows. If it stays,"
                        + " others call too: lower ZOHO_CALLS_PER_MINUTE, or this organisation's callsPerMinute"));
        } else if (!quota.get("dayRemaining").isNull()
                && quota.get("dayRemaining").asLong() <= quota.get("dayLimit").asLong() * reserve / 100) {
            problems.add(about("of the day's " + text(quota, "dayLimit") + " calls " + text(quota, "dayRemaining")
                    + " are left, for webhooks and persons only; runs wait until " + text(quota, "dayResetsAt")
                    + ". If this is not the exception, pull less often or have the plan's limit raised"));
        }
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
