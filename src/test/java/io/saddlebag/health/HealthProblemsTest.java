package io.saddlebag.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What waits longer than usual is a problem, in a sentence that says for what and what to do; the usual minute is none. */
class HealthProblemsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final String WELL = """
            {"org": "1", "circuitOpenIn": [], "metaCircuitOpenIn": [], "missingScopes": [], "details": [], "webhooks": [], "troubles": [], "waiting": {"run": null, "event": null},
             "token": {"toDo": null, "cooldownUntil": null, "validUntil": "2026-01-01T13:00:00+00:00", "refused": false},
             "quota": {"blockedUntil": null, "blockedFor": null, "dayRemaining": null, "dayLimit": null, "dayResetsAt": null}}""";

    private final ObjectNode organisation;

    HealthProblemsTest() throws Exception {
        organisation = (ObjectNode) new ObjectMapper().readTree(WELL);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            slot        | its turn has not come
            minute      | ZOHO_CALLS_PER_MINUTE
            day         | the plan's limit raised
            in-flight   | Zoho answers slowly
            circuit     | Zoho fails repeatedly (no answer, or 5xx)
            meta-circuit | Meta fails repeatedly (no answer, or 5xx)
            token       | token_requests
            retry-after | Retry-After
            lock        | pg_terminate_backend
            """)
    void aRunAndACallThatWaitLongSayForWhatAndWhatToDo(String word, String told) {
        waiting("run", "11:58:29", "11:59:00", word);
        assertThat(problems()).singleElement().asString().contains("the run of items has waited since", told);
        waiting("call", "11:58:29", null, word);
        assertThat(problems()).as("each cause once").hasSize(1);
        organisation.withObject("/waiting").putNull("run");
        assertThat(problems()).singleElement().asString().contains("a call (webhook) has waited since", told);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        0 | 3 deletes are held | is partial: 3 deletes are held
        0 | -                  | is partial
        1 | -                  | rejected 1 record: see GET /api/dead-letters?entity=items; correct them in Zoho, or the kind's SQL
        3 | 3 deletes are held | rejected 3 records: see GET /api/dead-letters?entity=items; correct them in Zoho, or the kind's SQL; 3 deletes are held
        """)
    void aPartialRunNamesRejectedRecordsOnlyWhereThereAreSome(int rejected, String error, String sentence) {
        organisation.withArray("troubles").addObject().put("id", 8).put("entity", "items").put("status", "partial").put("finishedAt", "11:00")
            .put("rejected", rejected).put("letters", rejected).put("error", error);
        assertThat(problems()).containsExactly("Organisation 1: the last run of items, ended 11:00, " + sentence);
    }

    @Test
    void aPartialRunWhoseDeadLettersAreGoneSaysOnlyWhatIsLeft() {
        organisation.withArray("troubles").addObject().put("id", 8).put("entity", "items").put("status", "partial").put("finishedAt", "11:00")
            .put("rejected", 2).put("letters", 0).put("error", "3 deletes are held").put("held", true);
        assertThat(problems()).containsExactly("Organisation 1: the last run of items, ended 11:00, is partial: 3 deletes are held");
        assertThat(new HealthProblems(organisation, 5, NOW).findings().get(0).mend()).isEqualTo(Finding.Mend.page("Release or refuse", "/deletes/8?org=1"));
    }

    @Test
    void aCauseIsToldInFullOnceAndTheProblemsThatFollowFromItNameIt() {
        String cause = "Zoho no longer knows the refresh token (invalid_code): it was revoked. Open /oauth/connect?org=1 in a browser";
        organisation.withObject("/token").put("toDo", cause);
        for (String entity : List.of("invoices", "bills")) {
            organisation.withArray("/details").addObject().put("entity", entity).put("lacking", 7).put("error", cause);
            organisation.withArray("/troubles").addObject().put("entity", entity).put("status", "failed").put("finishedAt", "11:00").put("rejected", 0).put("letters", 0).put("error", cause);
        }
        List<String> problems = problems();
        assertThat(problems).hasSize(5);
        assertThat(problems.get(0)).isEqualTo("Organisation 1: " + cause);
        assertThat(problems.subList(1, 5)).allSatisfy(text -> assertThat(text).doesNotContain("revoked")
            .contains(": Zoho no longer knows the refresh token (invalid_code), see the problem 1.token. After the cause is fixed"));

        organisation.withObject("/token").putNull("toDo");
        assertThat(problems()).filteredOn(text -> text.contains("revoked")).singleElement().asString().contains("the details of invoices");
        assertThat(problems()).filteredOn(text -> text.contains("see the problem 1.details.invoices")).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "call", "event"})
    void theUsualMinuteIsNoProblem(String what) {
        waiting(what, "11:58:31", "12:00:00", "minute");
        assertThat(problems()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "event"})
    void whatIsGoingToWaitLongIsOneAtOnce(String what) {
        waiting(what, "11:59:59", "12:04:59", "token");
        assertThat(problems()).singleElement().asString().contains("11:59:59", "12:04:59", "token");
    }

    @Test
    void aWebhookThatFailsAgainAndAgainSaysWhyAndOneThatNobodyTakesWhereToLook() {
        waiting("event", "11:00:00", "12:30:00", "Zoho answered 400");
        assertThat(problems()).singleElement().asString().contains("webhook of items (7) has waited since", "Zoho answered 400", "applied automatically");
        waiting("event", "11:00:00", "11:00:00", null);
        assertThat(problems()).singleElement().asString().contains("workers are busy or have stopped");
    }

    @Test
    void aLivingTokenThatZohoRefusesIsAProblemWhileThereIsNoOther() {
        ObjectNode token = organisation.withObject("/token").put("refused", true);
        assertThat(problems()).as("the next call asks for another").isEmpty();
        token.put("cooldownUntil", "2026-01-01T12:05:00+00:00");
        waiting("run", "11:59:59", "12:04:59", "token");
        assertThat(problems()).singleElement().asString().contains("Zoho refuses the access token", "12:05:00", "refresh token of their own");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            in-flight   | callsInFlight
            retry-after | asked for no calls before
            minute      | ZOHO_CALLS_PER_MINUTE
            day         | the daily quota is used up
            """)
    void aBlockSaysItsCauseOnce(String word, String told) {
        organisation.withObject("/quota").put("blockedUntil", "2026-01-01T12:10:00+00:00").put("blockedFor", word);
        waiting("run", "11:59:59", "12:10:00", word);
        assertThat(problems()).singleElement().asString().contains("12:10:00", told);
    }

    @Test
    void creditsThatAreUsedUpAreAProblemOfCrmAlone() {
        organisation.withObject("/quota").put("creditsBlockedUntil", "2026-01-01T12:10:00+00:00");
        waiting("run", "11:59:59", "12:10:00", "day");
        assertThat(problems()).singleElement().asString().contains("credits of Zoho CRM are used up", "12:10:00", "other products go on");
    }

    @Test
    void aQuotaWithoutAKnownResetSaysSo() {
        organisation.withObject("/quota").put("dayRemaining", 10).put("dayLimit", 1000);
        assertThat(problems()).singleElement().asString().contains("runs wait for the next day").doesNotContain("null");
        organisation.withObject("/quota").put("dayResetsAt", "2026-01-02T00:00:00+00:00");
        assertThat(problems()).singleElement().asString().contains("runs wait until 2026-01-02");
    }

    @Test
    void aRunThatWasBrokenOffSaysWhatFollows() {
        organisation.withArray("/troubles").addObject().put("id", 8).put("entity", "items").put("finishedAt", "2026-01-01T11:00:00+00:00")
            .put("status", "abandoned").put("rejected", 0).put("letters", 0).put("error", "No heartbeat for 30 s");
        assertThat(problems()).singleElement().asString().contains("was broken off: No heartbeat for 30 s. The next run continues", "log");
    }

    /** An alert is about a key: it must not move with times and numbers, and it must fit into an address. */
    @Test
    void aProblemKeepsItsKeyWhileItsSentenceChanges() {
        organisation.withArray("/missingScopes").addObject().put("area", "/inventory/v1/items").put("since", "2026-01-01T11:00:00+00:00")
            .put("toDo", "Agree: open /oauth/connect?org=1&for=push");
        waiting("run", "11:00:00", "12:30:00", "minute");
        List<Finding> before = new HealthProblems(organisation, 5, NOW).findings();
        waiting("run", "11:40:00", "12:50:00", "minute");
        List<Finding> after = new HealthProblems(organisation, 5, NOW).findings();

        assertThat(before).extracting(Finding::key).containsExactly("1.scope.inventory.v1.items", "1.waiting.run");
        assertThat(after).extracting(Finding::key).isEqualTo(before.stream().map(Finding::key).toList());
        assertThat(after.get(1).text()).isNotEqualTo(before.get(1).text());
        assertThat(after.get(1).since()).isEqualTo("2026-01-01T11:40:00+00:00");
        assertThat(before.get(0).mend()).isEqualTo(Finding.Mend.page("Agree to all scopes", "/oauth/connect?org=1&for=push"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        partial   | 2 | false | GET  | /dead-letters?org=1&entity=items
        partial   | 0 | true  | GET  | /deletes/8?org=1
        partial   | 0 | false | GET  | /runs/8?org=1
        failed    | 0 | false | POST | /api/sync/items?org=1
        abandoned | 0 | false | POST | /api/sync/items?org=1
        """)
    void aRunThatLeftSomethingNamesTheCallThatMendsIt(String status, int rejected, boolean held, String method, String address) {
        organisation.withArray("troubles").addObject().put("id", 8).put("entity", "items").put("status", status).put("finishedAt", "11:00")
            .put("rejected", rejected).put("letters", rejected).put("error", "x").put("held", held);
        Finding found = new HealthProblems(organisation, 5, NOW).findings().get(0);
        assertThat(found.key()).isEqualTo("1.run.items");
        assertThat(found.mend().method()).isEqualTo(method);
        assertThat(found.mend().address()).isEqualTo(address);
    }

    @Test
    void twoProblemsWithOneKeyStayTwo() {
        Findings findings = new Findings();
        findings.add(new Finding("timers", "a", Finding.Mend.page("See", "/system")));
        findings.add(new Finding("timers", "b", Finding.Mend.page("See", "/system")));
        ObjectNode health = new ObjectMapper().createObjectNode();
        findings.addTo(health);
        assertThat(health.get("findings").findValuesAsText("key")).containsExactly("timers", "timers.2");
        assertThat(health.get("problems").toString()).isEqualTo("[\"a\",\"b\"]");
    }

    private void waiting(String what, String since, String until, String waitingFor) {
        ObjectNode node = organisation.withObject("/waiting").putObject(what).put("id", 3).put("entity", "items").put("zohoId", "7").put("purpose", "webhook")
            .put("since", "2026-01-01T" + since + "+00:00").put("for", waitingFor);
        if (until != null) {
            node.put("until", "2026-01-01T" + until + "+00:00");
        }
    }

    private List<String> problems() {
        return new HealthProblems(organisation, 5, NOW).findings().stream().map(Finding::text).toList();
    }
}
