package io.saddlebag.pull;

import static io.saddlebag.pull.DeletesIT.asked;
import static io.saddlebag.pull.DeletesIT.deleted;
import static io.saddlebag.pull.DeletesIT.item;
import static io.saddlebag.pull.DeletesIT.remove;
import static io.saddlebag.pull.DeletesIT.states;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.kinds.Kinds;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer.HeldCalls;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Deletes that a person decides on: too many of them, or of records that Zoho cannot be asked for. */
@Tag("sql")
class HeldDeletesIT extends PullCase {

    @Test
    void moreThanTheCeilingIsHeldBeforeAnyCallIsSpentOnIt() {
        saddlebag().pull("full");
        remove(150);
        ZOHO.calls().reset();

        JsonNode run = saddlebag().pull("full");

        long id = run.get("id").asLong();
        assertThat(run.get("status").asText()).isEqualTo("partial");
        assertThat(run.get("deleted").asInt()).isZero();
        assertThat(run.get("error").asText()).contains("150 items", "10 %", "1319", "/api/sync/runs/" + id + "/deletes/release",
                "/api/sync/runs/" + id + "/deletes/refuse");
        assertThat(deleted()).isEmpty();
        assertThat(asked("items/[0-9]|itemdetails")).isZero();
        JsonNode held = answer("GET", id, "", 200);
        assertThat(held.get("counts").toString()).isEqualTo("{\"held\":150}");
        assertThat(held.get("deletes")).hasSize(150);
        assertThat(held.at("/deletes/0/state").asText()).isEqualTo("held");
        assertThat(saddlebag().count("sync_watermarks WHERE run_id = " + id)).as("it read all the same").isEqualTo(1);
    }

    @Test
    void aShareOrANumberAloneIsBelowTheCeiling() {
        saddlebag().pull("full");
        remove(131);
        assertThat(saddlebag().pull("full").get("deleted").asInt()).as("many, but less than 10 %").isEqualTo(131);

        ZOHO.catalogue().resize(40, 0);
        saddlebag().empty("products", "sync_watermarks");
        saddlebag().pull("full");
        remove(10);
        assertThat(saddlebag().pull("full").get("deleted").asInt()).as("a quarter, but not more than 10").isEqualTo(10);
    }

    @Test
    void whatIsReleasedIsProvedInARunOfItsOwn() {
        saddlebag().pull("full");
        List<String> gone = remove(150);
        long held = saddlebag().pull("full").get("id").asLong();
        ZOHO.catalogue().add(item(gone.get(0), "back before anybody decided"));
        String watermarks = watermarks();
        ZOHO.calls().reset();

        HttpResponse<String> answer = saddlebag().call("POST", "/api/sync/runs/" + held + "/deletes/release");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        long id = SaddlebagServer.json(answer).get("runId").asLong();
        assertThat(answer.headers().firstValue("Location")).contains("/api/sync/runs/" + id);
        JsonNode run = saddlebag().ended(id);

        assertThat(run.get("status").asText()).as(run.toString()).isEqualTo("succeeded");
        assertThat(run.get("mode").asText()).isEqualTo("deletes");
        assertThat(run.get("trigger").asText()).isEqualTo("staff");
        assertThat(run.get("deleted").asInt()).isEqualTo(149);
        assertThat(deleted()).hasSize(149).doesNotContain(gone.get(0));
        assertThat(states(held)).isEqualTo("gone=149,living=1");
        assertThat(asked("[?&]page=")).isZero();
        assertThat(run.get("calls").asInt()).as("2 together, 149 by id, 8 that live").isEqualTo(159);
        assertThat(watermarks()).isEqualTo(watermarks);
        assertThat(answer("POST", held, "/release", 409).get("detail").asText()).contains("holds no deletes");
        assertThat(answer("GET", id, "", 200).get("counts").get("gone").asInt()).isEqualTo(149);
    }

    @Test
    void aReleaseInTheProofOfWhichSomethingBreaksIsHeldAgain() {
        saddlebag().pull("full");
        remove(150);
        long held = saddlebag().pull("full").get("id").asLong();
        ZOHO.faults().add(Fault.status(Fault.Kind.HTML, 404).on("items/[0-9]|itemdetails"));

        JsonNode run = saddlebag().ended(answer("POST", held, "/release", 202).get("runId").asLong());

        assertThat(run.get("status").asText()).isEqualTo("partial");
        assertThat(run.get("error").asText()).contains("150 items", "/api/sync/runs/" + held + "/deletes/release");
        assertThat(states(held)).isEqualTo("held=150");
        assertThat(deleted()).isEmpty();
    }

    /** Codes and statuses with which Zoho might say of a record that it is not there, beside those that are documented. */
    @ParameterizedTest
    @CsvSource({"404, 2014", "400, 2", "200, 1004", "410, 3", "400, 5"})
    void aPersonsReleaseCountsWhereZohoRefusesInOtherWords(int status, int code) {
        saddlebag().pull("full");
        List<String> gone = remove(3);
        ZOHO.faults().add(Fault.limit(code).status(status).on("items/(" + gone.get(0) + "|" + gone.get(2) + ")"));
        JsonNode full = saddlebag().pull("full");
        assertThat(full.get("status").asText()).as("nobody has said that it counts").isEqualTo("partial");
        assertThat(deleted()).isEmpty();

        JsonNode run = saddlebag().ended(answer("POST", full.get("id").asLong(), "/release", 202).get("runId").asLong());

        assertThat(run.get("status").asText()).as("%s", run).isEqualTo("succeeded");
        assertThat(deleted()).containsExactlyInAnyOrderElementsOf(gone);
        JsonNode report = SaddlebagServer.json(saddlebag().call("GET", "/api/sync/runs/" + run.get("id") + "/report"));
        assertThat(report.get("summary").asText()).contains("in other words", "code " + code, "a person released this delete");
        assertThat(report.get("records")).hasSize(3);
        assertThat(report.at("/records/0/error").asText()).contains("released by a person", "answered " + status + ", code " + code);
        assertThat(answer("GET", run.get("id").asLong(), "", 200).at("/deletes").toString()).contains("released by a person");
    }

    /** A fault of the caller, of a server or of the address; and a refusal of the control as well. */
    @ParameterizedTest
    @CsvSource({"403, 9, gone", "401, 9, gone", "400, 6041, gone", "405, 7, gone", "404, 2014, items/[0-9]", "200, 1004, items/[0-9]"})
    void noReleaseTakesTroubleForAnAnswer(int status, int code, String where) {
        saddlebag().pull("full");
        List<String> gone = remove(3);
        ZOHO.faults().add(Fault.limit(code).status(status).on(where.equals("gone") ? "items/" + gone.get(1) : where));
        long held = saddlebag().pull("full").get("id").asLong();

        JsonNode run = saddlebag().ended(answer("POST", held, "/release", 202).get("runId").asLong());

        assertThat(run.get("status").asText()).as("%s", run).isEqualTo("partial");
        assertThat(states(held)).contains("held");
        assertThat(deleted()).doesNotContain(gone.get(1));
    }

    /** Of twelve more than the ceiling are missing; of three the check itself finds that there is no control. */
    @ParameterizedTest
    @CsvSource({"12, more than 10 %", "3, no other row of its kind"})
    void ofAKindThatIsEmptyInZohoAPersonsReleaseCountsWithoutAControl(int rows, String reason) {
        List<String> gone = all(rows);
        JsonNode full = saddlebag().pull("full");
        assertThat(full.get("error").asText()).contains(rows + " items", reason);
        assertThat(deleted()).isEmpty();

        JsonNode run = saddlebag().ended(answer("POST", full.get("id").asLong(), "/release", 202).get("runId").asLong());

        assertThat(run.get("status").asText()).as("%s", run).isEqualTo("succeeded");
        assertThat(deleted()).containsExactlyInAnyOrderElementsOf(gone);
        assertThat(states(full.get("id").asLong())).isEqualTo("gone=" + rows);
        assertThat(answer("POST", full.get("id").asLong(), "/restore", 200).get("restored").asInt()).isEqualTo(rows);
    }

    @Test
    void withoutAControlARefusalInOtherWordsIsHeldAndTheRestIsMarked() {
        List<String> gone = all(12);
        ZOHO.faults().add(Fault.limit(2014).status(404).on("items/" + gone.get(3)));
        long held = saddlebag().pull("full").get("id").asLong();

        JsonNode run = saddlebag().ended(answer("POST", held, "/release", 202).get("runId").asLong());

        assertThat(run.get("status").asText()).as("%s", run).isEqualTo("partial");
        assertThat(run.get("error").asText()).contains("1 items", gone.get(3), "proves nothing");
        assertThat(states(held)).isEqualTo("gone=11,held=1");
        assertThat(deleted()).doesNotContain(gone.get(3));
    }

    @Test
    void controlsOfWhichNoneIsFoundAreNoReleaseWithoutAControl() {
        ZOHO.catalogue().resize(40, 0);
        saddlebag().pull("full");
        remove(38);
        long held = saddlebag().pull("full").get("id").asLong();
        ZOHO.faults().add(Fault.limit(5).status(404).on("items/[0-9]|itemdetails"));

        JsonNode run = saddlebag().ended(answer("POST", held, "/release", 202).get("runId").asLong());

        assertThat(run.get("error").asText()).contains("did not find a control");
        assertThat(states(held)).isEqualTo("held=38");
        assertThat(deleted()).isEmpty();
    }

    /** @return the ids of that many items, which are all rows here, and none of which Zoho has any more */
    private static List<String> all(int rows) {
        ZOHO.catalogue().resize(rows, 0);
        saddlebag().pull("full");
        return remove(rows);
    }

    @Test
    void aReleaseWaitsItsTurnAndAProofUnderWayIsNotRefused() {
        saddlebag().pull("full");
        remove(150);
        long held = saddlebag().pull("full").get("id").asLong();
        long busy;
        try (HeldCalls list = ZOHO.hold("/items[?]", 0)) {
            busy = saddlebag().start("incremental");
            assertThat(answer("POST", held, "/release", 409).get("runId").asLong()).isEqualTo(busy);
        }
        saddlebag().ended(busy);

        ZOHO.faults().add(Fault.latency(400));
        long id = answer("POST", held, "/release", 202).get("runId").asLong();
        assertThat(answer("POST", held, "/refuse", 409).get("runId").asLong()).isEqualTo(id);
        saddlebag().call("POST", "/api/sync/runs/" + id + "/cancel");
        await().until(() -> saddlebag().bean(ActiveRuns.class).list().isEmpty());
        assertThat(deleted()).isEmpty();
        assertThat(answer("POST", id, "/refuse", 200).get("refused").asInt()).as("of the run that proposed them").isEqualTo(150);
    }

    @Test
    void whatIsRefusedStaysUntilItChangesOrSomebodyAsks() {
        saddlebag().pull("full");
        List<String> gone = remove(150);
        long held = saddlebag().pull("full").get("id").asLong();

        assertThat(answer("POST", held, "/refuse", 200).get("refused").asInt()).isEqualTo(150);

        assertThat(answer("POST", held, "/refuse", 409).get("detail").asText()).contains("holds no deletes");
        JsonNode quiet = saddlebag().pull("full");
        assertThat(quiet.get("status").asText()).isEqualTo("succeeded");
        assertThat(quiet.get("calls").asInt()).isEqualTo(6);
        saddlebag().database().update("UPDATE products SET name = 'changed', updated_at = clock_timestamp() WHERE zoho_item_id = ?",
                gone.get(0));
        assertThat(saddlebag().pull("full").get("deleted").asInt()).as("changed").isEqualTo(1);
        JsonNode asked = saddlebag().ended(answer("POST", held, "/release", 202).get("runId").asLong());
        assertThat(asked.get("status").asText()).isEqualTo("succeeded");
        assertThat(deleted()).as("asked for").hasSize(150);
    }

    @Test
    void oneCallTakesBackAllTombstonesOfARun() {
        saddlebag().pull("full");
        List<String> gone = remove(30);
        long id = saddlebag().pull("full").get("id").asLong();
        ZOHO.catalogue().add(item(gone.get(0), "back"));
        saddlebag().pull("incremental");

        assertThat(answer("POST", id, "/restore", 200).get("restored").asInt()).as("one came back by itself").isEqualTo(29);

        assertThat(deleted()).isEmpty();
        assertThat(states(id)).isEqualTo("gone=1,restored=29");
        assertThat(answer("POST", id, "/restore", 409).get("detail").asText()).contains("No record");
        assertThat(saddlebag().pull("full").get("calls").asInt()).as("nor does the next run take them away again").isEqualTo(7);
        assertThat(deleted()).isEmpty();
    }

    @Test
    void aRunOfWhichNothingIsKnownIs404AndNobodyButStaffDecides() {
        assertThat(answer("GET", 99, "", 404).get("detail").asText()).contains("no run 99");
        for (String decision : List.of("/release", "/refuse", "/restore")) {
            assertThat(answer("POST", 99, decision, 404).get("detail").asText()).contains("no run 99");
            assertThat(saddlebag().call("POST", "/api/sync/runs/99/deletes" + decision, "Bearer scheduler-secret").statusCode()).isEqualTo(403);
        }
        long id = saddlebag().pull("full").get("id").asLong();
        for (String decision : List.of("/release", "/refuse", "/restore")) {
            assertThat(answer("POST", id, decision, 409).get("runId").asLong()).isEqualTo(id);
        }
    }

    @Test
    void recordsThatZohoCannotBeAskedForAreMarkedByNobodyButAPerson(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("things.yaml"), Files.readString(Path.of("routes/kinds/items.yaml"))
                .replaceAll("(?m)^(webhookAddress|recordKey|batch).*\n", "")); // items under another name, without the key of a single one
        Files.copy(Path.of("routes/kinds/items.sql"), folder.resolve("things.sql"));
        saddlebag().bean(Kinds.class).put(new Kinds(folder).of("things"));
        try {
            pullThings();
            List<String> gone = remove(3);
            JsonNode run = pullThings();
            assertThat(run.get("status").asText()).isEqualTo("partial");
            assertThat(run.get("error").asText()).contains("3 things", "cannot be requested");
            assertThat(deleted()).isEmpty();

            JsonNode released = saddlebag().ended(answer("POST", run.get("id").asLong(), "/release", 202).get("runId").asLong());

            assertThat(released.get("calls").asInt()).isZero();
            assertThat(released.get("status").asText()).as(released.toString()).isEqualTo("succeeded");
            assertThat(deleted()).containsExactlyInAnyOrderElementsOf(gone);
        } finally {
            saddlebag().bean(Kinds.class).remove("things");
        }
    }

    private static JsonNode pullThings() {
        return saddlebag().ended(SaddlebagServer.json(saddlebag().call("POST", "/api/sync/things?mode=full")).get("runId").asLong());
    }

    private static String watermarks() {
        return saddlebag().database().queryForObject("SELECT string_agg(w::text, ',') FROM sync_watermarks w", String.class);
    }

    private static JsonNode answer(String method, long run, String decision, int status) {
        HttpResponse<String> answer = saddlebag().call(method, "/api/sync/runs/" + run + "/deletes" + decision);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse(""))
                .startsWith(status < 400 ? "application/json" : "application/problem+json");
        return SaddlebagServer.json(answer);
    }
}
