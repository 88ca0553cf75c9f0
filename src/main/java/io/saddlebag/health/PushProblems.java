package io.saddlebag.health;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.health.Finding.Mend;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * Describes the problems of one push target, one sentence each, with cause and remedy. A target that is switched off has no problems.
 *
 * @param org  Zoho's id of the organisation
 * @param push the target's part of the health answer
 */
record PushProblems(String org, JsonNode push, Instant now) {

    /** An unknown outcome is usually resolved within two minutes. */
    private static final Duration USUAL_DOUBT = Duration.ofMinutes(15);

    /** Fewer failed attempts a day, or a smaller share, concern single records and are no problem of the target, unless every attempt failed. */
    private static final int FAILED = 5;
    private static final int FAILED_PERCENT = 10;

    List<Finding> findings() {
        List<Finding> problems = new ArrayList<>();
        if (!"on".equals(text("state"))) {
            return problems;
        }
        if (push.hasNonNull("oldestUnknown") && Duration.between(OffsetDateTime.parse(text("oldestUnknown")).toInstant(), now).compareTo(USUAL_DOUBT) > 0) {
            problems.add(finding("unknown", target() + " does not know the outcome of " + records("unknown") + ", the oldest since " + text("oldestUnknown")
                + ": the calls that would tell are not answered. Nothing is created again before. GET /api/push/" + name() + "?status=unknown lists them, with the reason", page("See the records", "unknown")));
        }
        if (count("undecided") > 0) {
            problems.add(finding("held", target() + " holds " + records("undecided") + ": " + text("heldBecause") + ". POST /api/push/runs/" + text("heldBy") + "/release sends them, POST /api/push/runs/"
                + text("heldBy") + "/refuse leaves them", Mend.page("Release or refuse", "/runs/" + text("heldBy") + "?org=" + org)));
        }
        if (count("conflicts") > 0) {
            problems.add(finding("conflicts", target() + " does not send " + records("conflicts") + " that Zoho has otherwise, or more than once. GET /api/push/" + name()
                + "?status=held says how. POST /api/push/" + name() + "/{key}/adopt ties a row to a record, POST /api/push/" + name() + "/{key} overwrites it", page("See the records", "held")));
        }
        if (count("refused") > 0 && count("ok") + count("failed") + count("waiting") + count("unknown") + count("held") + count("never") == 0) {
            problems.add(finding("refused", target() + " refuses all its rows, so nothing is sent. The view or its SQL file lacks a column that it had: GET /api/push/" + name()
                + "?status=refused names the keys", page("See the records", "refused")));
        }
        if (count("matched") > 0) {
            problems.add(finding("matched", target() + " sent " + records("matched") + " that Zoho took for another record, which may have the wrong values now. GET /api/push/" + name()
                + "?status=failed names the field and the other record (otherZohoId). Correct that record in Zoho, make the key field reject duplicates, and adopt the right record", page("See the records", "failed")));
        }
        if ((count("failedOfADay") >= FAILED || count("failedOfADay") == count("attemptsOfADay")) && count("failedOfADay") * 100 > count("attemptsOfADay") * FAILED_PERCENT) {
            problems.add(finding("failed", target() + " failed in " + text("failedOfADay") + " of " + text("attemptsOfADay") + " attempts of the last day. GET /api/push/" + name()
                + "?status=failed has Zoho's words for each; correct the rows, or the target's SQL file", page("See the records", "failed")));
        }
        if (push.hasNonNull("checkError")) {
            problems.add(finding("check", target() + " cannot be written: " + text("checkError") + ". POST /api/zoho/check tries again", Mend.call("Check the connection", "/api/zoho/check?org=" + org)));
        }
        if (push.get("mappingEdited").asBoolean()) {
            problems.add(finding("edited", target() + " was edited after its last plan. POST /api/push/" + name() + "?dryRun=true shows what the edited mapping changes in Zoho", Mend.call("Plan", "/api/push/" + name() + "?dryRun=true&org=" + org)));
        }
        if (push.hasNonNull("lastError")) {
            problems.add(finding("run", "the last run of the push target " + name() + " (" + text("lastRun") + ") failed: " + text("lastError") + ". After the cause is fixed, the next success clears this", Mend.page("See the run", "/runs/" + text("lastRun"))));
        }
        return problems;
    }

    private Mend page(String label, String status) {
        return Mend.page(label, "/push/" + name() + "?org=" + org + "&status=" + status);
    }

    private Finding finding(String key, String problem, Mend mend) {
        return new Finding(org + ".push." + name() + "." + key, org, "Organisation " + org + ": " + problem, null, mend);
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
