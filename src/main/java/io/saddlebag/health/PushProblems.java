package io.saddlebag.health;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * Words the problems of one push target, one sentence each, with cause and remedy. A target that is not on has none.
 *
 * @param push the target's part of the health answer
 */
record PushProblems(JsonNode push, Instant now) {

    /** An outcome that is not known is usually found out within two minutes. */
    private static final Duration USUAL_DOUBT = Duration.ofMinutes(15);

    /** Fewer failed attempts of a day, or a smaller share, are the matter of single records. */
    private static final int FAILED = 5;
    private static final int FAILED_PERCENT = 10;

    List<String> sentences() {
        List<String> problems = new ArrayList<>();
        if (!"on".equals(text("state"))) {
            return problems;
        }
        if (push.hasNonNull("oldestUnknown") && Duration.between(OffsetDateTime.parse(text("oldestUnknown")).toInstant(), now).compareTo(USUAL_DOUBT) > 0) {
            problems.add(target() + " does not know the outcome of " + records("unknown") + ", the oldest since " + text("oldestUnknown")
                + ": the look-ups in Zoho are not answered. Nothing is created again before. GET /api/push/" + name() + "?status=unknown lists them, with the reason");
        }
        if (count("undecided") > 0) {
            problems.add(target() + " holds " + records("undecided") + ": " + text("heldBecause") + ". POST /api/push/runs/" + text("heldBy") + "/release sends them, POST /api/push/runs/"
                + text("heldBy") + "/refuse leaves them");
        }
        if (count("conflicts") > 0) {
            problems.add(target() + " does not send " + records("conflicts") + " that Zoho has otherwise, or more than once. GET /api/push/" + name()
                + "?status=held says how. POST /api/push/" + name() + "/{key}/adopt ties a row to a record, POST /api/push/" + name() + "/{key} overwrites it");
        }
        if (count("refused") > 0 && count("ok") + count("failed") + count("waiting") + count("unknown") + count("held") + count("never") == 0) {
            problems.add(target() + " refuses all its rows, so nothing is sent. The view or its SQL file lacks a column that it had: GET /api/push/" + name()
                + "?status=refused names the keys");
        }
        if (count("failedOfADay") >= FAILED && count("failedOfADay") * 100 > count("attemptsOfADay") * FAILED_PERCENT) {
            problems.add(target() + " failed in " + text("failedOfADay") + " of " + text("attemptsOfADay") + " attempts of the last day. GET /api/push/" + name()
                + "?status=failed has Zoho's words for each; correct the rows, or the target's SQL file");
        }
        if (push.hasNonNull("checkError")) {
            problems.add(target() + " cannot be written: " + text("checkError") + ". POST /api/zoho/check tries again");
        }
        if (push.get("mappingEdited").asBoolean()) {
            problems.add(target() + " was edited after its last plan. POST /api/push/" + name() + "?dryRun=true shows what the edited mapping changes in Zoho");
        }
        if (push.hasNonNull("lastError")) {
            problems.add("the last run of the push target " + name() + " (" + text("lastRun") + ") failed: " + text("lastError") + ". After the cause is fixed, the next success clears this");
        }
        return problems;
    }

    private String target() {
        return "the push target " + name();
    }

    private String records(String count) {
        return count(count) + (count(count) == 1 ? " record" : " records");
    }

    private long count(String key) {
        return push.get(key).asLong();
    }

    private String name() {
        return text("target");
    }

    private String text(String key) {
        return push.get(key).asText();
    }
}
