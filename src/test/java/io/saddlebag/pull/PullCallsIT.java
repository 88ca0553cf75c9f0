package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.faults.Fault;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a run costs: calls, counted at Zoho's side, and writes, counted by PostgreSQL. */
@Tag("sql")
class PullCallsIT extends PullCase {

    @Test
    void aFirstFullRunMakesAtMostThreeCallsMoreThanPages() {
        JsonNode run = saddlebag().pull("full");

        assertThat(run.get("pages").asInt()).isEqualTo(7);
        assertThat(run.get("seen").asInt()).isEqualTo(1319);
        assertThat(run.get("created").asInt()).isEqualTo(1319);
        assertThat(ZOHO.calls().counts().api()).isBetween(7L, 10L).isEqualTo(run.get("calls").asLong());
    }

    @Test
    void aFullRunWhoseNumberOfPagesIsKnownMakesOneCallAPage() {
        saddlebag().pull("full");
        ZOHO.calls().reset();

        JsonNode run = saddlebag().pull("full");

        assertThat(ZOHO.calls().counts().api()).isEqualTo(7).isEqualTo(run.get("calls").asLong());
        assertThat(run.get("unchanged").asInt()).isEqualTo(1319);
    }

    @Test
    void aListThatGrewOrShrankIsReadToItsEnd() {
        saddlebag().pull("full");
        for (int i = 0; i < 150; i++) {
            ZOHO.catalogue().add(item("new " + i));
        }
        assertThat(saddlebag().pull("full").get("seen").asInt()).isEqualTo(1469);

        ZOHO.catalogue().resize(300, 0);
        ZOHO.calls().reset();
        assertThat(saddlebag().pull("full").get("seen").asInt()).isEqualTo(300);
    }

    /** Nobody announced the page: the list may have shrunk, and Zoho need not answer with an empty page. */
    @ParameterizedTest
    @CsvSource({"1200, 1, 400", "1200, 1002, 404", "500, 1, 400", "20, 5, 404"})
    void anExpectedPageThatZohoRefusesIsBeyondTheEnd(int left, int code, int status) {
        saddlebag().pull("full");
        ZOHO.catalogue().resize(left, 0);
        ZOHO.faults().add(Fault.limit(code).status(status).on("[?&]page=(" + IntStream.rangeClosed((left + 199) / 200 + 1, 9)
                .mapToObj(String::valueOf).collect(Collectors.joining("|")) + ")&"));

        JsonNode run = saddlebag().pull("full");

        assertThat(run.get("status").asText()).as("%s", run).isNotEqualTo("failed");
        assertThat(saddlebag().count("sync_watermarks WHERE records = " + left)).isEqualTo(1);
    }

    @Test
    void aListThatIsRefusedFromItsFirstPageIsNoEmptyList() {
        saddlebag().pull("full");
        ZOHO.faults().add(Fault.limit(2).status(400));
        JsonNode run = saddlebag().pull("full");
        assertThat(run.get("status").asText()).isEqualTo("failed");
        assertThat(run.get("calls").asInt()).isEqualTo(4);
        assertThat(saddlebag().count("products WHERE deleted_at IS NULL")).isEqualTo(1319);
    }

    @Test
    void anEmptyListIsARunOfOneCall() {
        ZOHO.catalogue().resize(0, 0);

        JsonNode run = saddlebag().pull("full");

        assertThat(run.get("status").asText()).isEqualTo("succeeded");
        assertThat(run.get("seen").asInt()).isZero();
        assertThat(ZOHO.calls().counts().api()).isEqualTo(1);
    }

    @Test
    void aQuietSecondRunMakesOneCallAndNeitherWritesNorLocksARow() {
        saddlebag().pull("full");
        String rows = rowVersions();
        ZOHO.calls().reset();

        JsonNode incremental = saddlebag().pull("incremental");
        assertThat(incremental.get("calls").asInt()).isEqualTo(1);
        assertThat(ZOHO.calls().counts().api()).isEqualTo(1);
        JsonNode full = saddlebag().pull("full");
        assertThat(full.get("updated").asInt() + full.get("created").asInt()).isZero();

        assertThat(rowVersions()).isEqualTo(rows);
    }

    @Test
    void anIncrementalRunBringsWhatChangedAndNothingElse() {
        saddlebag().pull("full");
        String id = saddlebag().database().queryForObject("SELECT min(zoho_item_id) FROM products", String.class);
        ZOHO.catalogue().change(id, item("renamed"), Set.of(), true);
        String added = ZOHO.catalogue().add(item("added"));
        ZOHO.calls().reset();

        JsonNode run = saddlebag().pull("incremental");

        assertThat(run.get("seen").asInt()).isEqualTo(2);
        assertThat(run.get("created").asInt()).isEqualTo(1);
        assertThat(run.get("updated").asInt()).isEqualTo(1);
        assertThat(ZOHO.calls().counts().api()).isEqualTo(1);
        assertThat(saddlebag().count("products WHERE name IN ('renamed', 'added') AND zoho_item_id IN ('" + id + "', '" + added + "')"))
                .isEqualTo(2);
    }

    @Test
    void manyChangesAreReadPageByPageFromTheLastTimeSeen() {
        saddlebag().pull("full");
        for (String id : saddlebag().database().queryForList(
                "SELECT zoho_item_id FROM products ORDER BY id LIMIT 900", String.class)) {
            ZOHO.catalogue().change(id, item("bulk"), Set.of(), true); // all within a second or two
        }

        JsonNode run = saddlebag().pull("incremental");

        assertThat(run.get("updated").asInt()).isEqualTo(900);
        assertThat(saddlebag().count("products WHERE name = 'bulk'")).isEqualTo(900);
    }

    @Test
    void theWatermarkStaysTenMinutesBehindZohosClockAndNeverMovesBack() {
        long id = saddlebag().pull("full").get("id").asLong();

        assertThat(saddlebag().count("sync_watermarks w JOIN sync_runs r ON r.id = " + id
                + " WHERE w.watermark BETWEEN r.started_at - interval '10 minutes 2 seconds'"
                + " AND r.finished_at - interval '9 minutes 58 seconds' AND w.records = 1319")).isEqualTo(1);
        saddlebag().database().update("UPDATE sync_watermarks SET watermark = watermark + interval '1 hour'");
        saddlebag().pull("incremental");
        assertThat(saddlebag().count("sync_watermarks WHERE watermark > now()")).isEqualTo(1);
    }

    /** Where each row lies, who wrote it and who locked it last: a lock would show as xmax. */
    private static String rowVersions() {
        return saddlebag().database().queryForObject(
                "SELECT md5(string_agg(ctid::text || xmin || xmax || updated_at, ',' ORDER BY id)) FROM products", String.class);
    }

    private static ObjectNode item(String name) {
        return JsonNodeFactory.instance.objectNode().put("name", name).put("rate", 1);
    }
}
