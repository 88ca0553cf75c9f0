package io.saddlebag.pull;

import static io.saddlebag.pull.ListServer.JSON;
import static io.saddlebag.pull.ListServer.more;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are not to be trusted: lists that never end or do not say how, elements that are no records, times in the future. */
class EnvelopesIT {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    /** Kinds by how they are read: by change, newest first, by page numbers without order. */
    private static final String[][] KINDS = {{"items", "items", "item_id", "products"}, {"contacts", "contacts", "contact_id", "customers"},
        {"categories", "categories", "category_id", "records"}};

    private static ListServer zoho;
    private static SaddlebagServer saddlebag;

    @BeforeAll
    static void start() throws IOException {
        zoho = new ListServer();
        saddlebag = SaddlebagServer.start(SandboxServer.shared(), "--zoho.api-url=" + zoho.url(), "--saddlebag.pull.page-size=20");
    }

    @AfterAll
    static void stop() throws IOException {
        saddlebag.close();
        zoho.close();
    }

    @BeforeEach
    void asNew() {
        saddlebag.empty("products", "customers", "records", "dead_letters", "sync_watermarks", "sync_runs", "zoho_calls");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"has_more_page\":\"yes\"}", "{\"has_more_page\":\"true\"}", "{\"has_more_page\":\"false\"}", "{\"has_more_page\":1}",
        "{\"has_more_page\":0}", "{\"has_more_page\":null}", "{\"has_more_page\":{}}", "{\"has_more_page\":[false]}", "{}", "[]", "\"none\"", "null", ""})
    void aPageContextThatCannotBeReadIsNeverTakenForTheEnd(String context) {
        for (String[] kind : KINDS) {
            for (String mode : List.of("first", "full", "incremental")) {
                asNew();
                if (!mode.equals("first")) {
                    good(kind);
                }
                JsonNode since = watermark();
                zoho.answers(page -> of45(kind, page, parsed(context)));
                JsonNode run = saddlebag.pull(kind[0], mode.equals("first") ? "full" : mode);

                String what = kind[0] + " " + mode + " " + run;
                assertThat(run.get("status").asText()).as(what).isEqualTo("partial");
                assertThat(run.get("error").asText()).as(what).contains("page 4", "page 5", "has_more_page", "watermark stays");
                assertThat(saddlebag.count(kind[3])).as(what).isEqualTo(45);
                assertThat(watermark()).as(what).isEqualTo(since);
                assertThat(saddlebag.count("sync_deletes")).as(what).isZero();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "incremental"})
    void shortPagesWithoutAContextAreReadOn(String mode) {
        zoho.answers(page -> of45(KINDS[0], page, 5, null));
        JsonNode run = saddlebag.pull(mode);
        assertThat(run.get("status").asText()).isEqualTo("partial");
        assertThat(saddlebag.count("products")).isEqualTo(45);
    }

    @Test
    void theEndThatThePageAfterProvesIsAnEnd() {
        zoho.answers(page -> of45(KINDS[0], page, page < 3 ? JSON.objectNode().put("has_more_page", "yes") : more(false)));
        JsonNode run = saddlebag.pull("full");
        assertThat(run.get("status").asText()).as("%s", run).isEqualTo("succeeded");
        assertThat(saddlebag.count("products")).isEqualTo(45);
    }

    /** The same page, no record, two pages in turn, records without ids: always with a promise of more. */
    @ParameterizedTest
    @CsvSource({"same,full", "same,incremental", "same,verify", "same,dry", "none,full", "none,incremental", "none,verify", "none,dry",
        "turns,full", "turns,incremental", "nameless,full", "nameless,incremental"})
    void aListThatBringsNothingNewEndsThePull(String habit, String mode) {
        for (String[] kind : KINDS) {
            for (boolean first : new boolean[] {true, false}) {
                asNew();
                if (!first) {
                    good(kind);
                }
                JsonNode since = watermark();
                zoho.answers(page -> switch (habit) {
                    case "same" -> ListServer.page(kind[1], kind[2], 1, 20, more(true));
                    case "none" -> ListServer.page(kind[1], kind[2], 1, 0, more(true));
                    case "turns" -> ListServer.page(kind[1], kind[2], page % 2 == 0 ? 1 : 21, page % 2 == 0 ? 20 : 40, more(true));
                    default -> ListServer.page(kind[1], "no_id", 1, 20, more(true));
                });
                JsonNode run = mode.equals("verify") ? ended("/api/verify/" + kind[0])
                        : mode.equals("dry") ? ended("/api/sync/" + kind[0] + "?mode=full&dryRun=true") : saddlebag.pull(kind[0], mode);

                String what = kind[0] + (first ? " first " : " ") + run;
                assertThat(run.get("status").asText()).as(what).isEqualTo("partial");
                assertThat(run.get("error").asText()).as(what).contains("brought no record that is new to this run", "Zoho promises more");
                assertThat(zoho.asked().size()).as(what).isLessThan(15);
                assertThat(watermark()).as(what).isEqualTo(since);
                assertThat(saddlebag.count("sync_deletes")).as(what).isZero();
                assertThat(saddlebag.count("sync_runs WHERE found IS NOT NULL")).as("nothing is surplus of what nobody read").isZero();
            }
        }
    }

    /** A Zoho that does not heed the number of the page, and says that there is no other. */
    @Test
    void thePagesOfALastFullRunThatAreAllTheSameAreNotAllRecords() {
        good(KINDS[0]);
        for (int rows : new int[] {45, 25}) {
            saddlebag.database().update("UPDATE sync_watermarks SET records = ?", rows);
            zoho.answers(page -> ListServer.page("items", "item_id", 1, 20, more(false)));
            JsonNode run = saddlebag.pull("full");
            assertThat(run.get("status").asText()).as("%s", run).isEqualTo("partial");
            assertThat(run.get("error").asText()).contains("page 1 brought no record that is new");
            assertThat(saddlebag.count("sync_deletes")).isZero();
        }
    }

    @Test
    void aResumedRunKeepsTheDoubtOfItsFirstPart() {
        good(KINDS[0]);
        JsonNode since = watermark();
        saddlebag.database().update("INSERT INTO sync_runs (org, entity, mode, trigger, status, cursor, unproved) VALUES (?, 'items', 'full', 'timer',"
                + " 'failed', CAST(? AS jsonb), 'page 4 and page 5 brought nothing')", SaddlebagServer.ORG, PullCase.cursor(saddlebag, 20, "down", 2, 45));
        zoho.answers(page -> of45(KINDS[0], page, more(page < 3)));
        JsonNode run = saddlebag.pull("full");
        assertThat(run.get("status").asText()).isEqualTo("partial");
        assertThat(run.get("error").asText()).contains("page 4 and page 5 brought nothing");
        assertThat(watermark()).isEqualTo(since);

        saddlebag.database().update("UPDATE sync_runs SET unproved = NULL, status = 'failed', cursor = CAST(? AS jsonb)", PullCase.cursor(saddlebag, 20, "up", 2, 40));
        zoho.answers(page -> ListServer.page("items", "item_id", 1, 20, more(true)));
        run = saddlebag.pull("full");
        assertThat(saddlebag.count("sync_runs WHERE id = " + run.get("id") + " AND resumed_from IS NOT NULL")).isEqualTo(1);
        assertThat(run.get("status").asText()).as("%s", run).isEqualTo("partial");
        assertThat(zoho.asked()).hasSizeLessThan(10);
    }

    /** A Zoho that does not heed the order that was asked for: what changed may be on any page. */
    @Test
    void aPageOfEqualTimesDoesNotProveThatTheListIsSorted() {
        String[] kind = KINDS[1];
        zoho.answers(page -> ofOneTime(kind, page));
        assertThat(saddlebag.pull(kind[0], "full").get("status").asText()).isEqualTo("succeeded");
        String now = Instant.now().toString();
        zoho.answers(page -> {
            ObjectNode answer = ofOneTime(kind, page);
            if (page == 2) {
                ((ObjectNode) answer.get(kind[1]).get(7)).put("contact_name", "changed").put("last_modified_time", now);
            }
            return answer;
        });
        assertThat(saddlebag.pull(kind[0], "incremental").get("updated").asInt()).isEqualTo(1);
    }

    private static ObjectNode ofOneTime(String[] kind, int page) {
        ObjectNode answer = of45(kind, page, more(page < 3));
        answer.get(kind[1]).forEach(record -> ((ObjectNode) record).put("last_modified_time", "2025-03-04T10:00:00+0530"));
        return answer;
    }

    @Test
    void anElementThatIsNoRecordIsARejectWithItsReason() {
        zoho.answers(page -> {
            ObjectNode answer = ListServer.page("items", "item_id", 1, 3, more(false));
            answer.withArray("items").addNull().add("text").add(7).add(true).addArray().add(1);
            answer.withArray("items").insert(0, JSON.nullNode());
            return answer;
        });
        JsonNode run = saddlebag.pull("full");
        assertThat(run.get("status").asText()).isEqualTo("partial");
        assertThat(List.of(run.get("seen").asInt(), run.get("created").asInt(), run.get("rejected").asInt(), run.get("unchanged").asInt()))
                .containsExactly(9, 3, 6, 0);
        assertThat(saddlebag.database().queryForList("SELECT error FROM dead_letters", String.class)).anyMatch(error -> error.contains("is null, no record"))
                .anyMatch(error -> error.contains("is a string, no record")).anyMatch(error -> error.contains("is a list, no record"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"items\":{\"1\":{}}}", "{\"items\":null}", "{\"items\":\"\"}", "{\"items\":7}", "{}", "{\"code\":5,\"items\":[]}",
        "{\"code\":\"x\",\"items\":[]}", "{\"code\":null,\"items\":[]}"})
    void anAnswerWithoutAListOrWithAnErrorFailsTheRun(String answer) {
        for (String mode : List.of("full", "incremental")) {
            zoho.answers(page -> ((ObjectNode) parsed(answer)).set("page_context", more(false)));
            JsonNode run = saddlebag.pull(mode);
            assertThat(run.get("status").asText()).isEqualTo("failed");
            assertThat(watermark().isEmpty()).isTrue();
        }
    }

    @Test
    void theWatermarkIsNeverLaterThanOurOwnClockLessItsMargin() {
        Instant start = Instant.now();
        zoho.answers(page -> of45(KINDS[0], page, more(page < 3))).at(start.plus(Duration.ofDays(400)));
        assertThat(saddlebag.pull("full").get("status").asText()).isEqualTo("succeeded");
        assertThat(saddlebag.count("sync_watermarks WHERE watermark <= now() - interval '10 minutes'")).isEqualTo(1);
    }

    /** A wrong clock, or a forged time: it would win over all that comes until then. */
    @Test
    void aTimeInTheFutureIsNoVersionAndTheNextAnswerWins() {
        for (String[] kind : KINDS) {
            asNew();
            zoho.answers(page -> changed(kind, "9999-12-31T00:00:00Z", "from the future"));
            assertThat(saddlebag.pull(kind[0], "full").get("status").asText()).isEqualTo("succeeded");
            assertThat(saddlebag.count(kind[3] + " WHERE zoho_modified_at IS NULL AND source ->> 'name' = 'from the future'")).as(kind[0]).isEqualTo(1);

            zoho.answers(page -> changed(kind, "2025-03-04T10:00:00+0530", "as it is"));
            assertThat(saddlebag.pull(kind[0], "full").get("updated").asInt()).as(kind[0]).isEqualTo(1);
            assertThat(saddlebag.count(kind[3] + " WHERE zoho_modified_at = '2025-03-04 04:30:00Z' AND source ->> 'name' = 'as it is'")).as(kind[0]).isEqualTo(1);
            assertThat(saddlebag.call("GET", "/actuator/prometheus").body()).as("it is told").containsPattern(
                    "saddlebag_records_total\\{[^}]*entity=\"" + kind[0] + "\"[^}]*result=\"ahead\"[^}]*} 1");
        }
    }

    /** A row that was written when the clocks of both were wrong. */
    @Test
    void aRowWhoseTimeIsInTheFutureYieldsToo() {
        String[] kind = KINDS[0];
        zoho.answers(page -> changed(kind, "2025-03-04T10:00:00+0530", "before"));
        saddlebag.pull("full");
        saddlebag.database().execute("UPDATE products SET zoho_modified_at = now() + interval '3 days'");
        zoho.answers(page -> changed(kind, "2025-03-05T10:00:00+0530", "after"));
        assertThat(saddlebag.pull("full").get("updated").asInt()).isEqualTo(1);
        assertThat(saddlebag.count("products WHERE name = 'after' AND zoho_modified_at = '2025-03-05 04:30:00Z'")).isEqualTo(1);
    }

    @Test
    void zohosClockDecidesWhetherATimeIsInTheFuture() {
        String[] kind = KINDS[0];
        Instant clock = Instant.now().plus(Duration.ofDays(2)).truncatedTo(ChronoUnit.SECONDS);
        zoho.answers(page -> changed(kind, clock.minusSeconds(60).toString(), "ahead of us")).at(clock);
        saddlebag.pull("full");
        assertThat(saddlebag.count("products WHERE zoho_modified_at > now() + interval '1 day'")).isEqualTo(1);

        zoho.answers(page -> changed(kind, clock.minusSeconds(120).toString(), "older")).at(clock);
        saddlebag.pull("full");
        assertThat(saddlebag.count("products WHERE name = 'ahead of us'")).as("both are versions by that clock").isEqualTo(1);
    }

    private static ObjectNode changed(String[] kind, String modified, String name) {
        ObjectNode answer = ListServer.page(kind[1], kind[2], 1, 1, more(false));
        ((ObjectNode) answer.get(kind[1]).get(0)).put("name", name).put("last_modified_time", modified);
        return answer;
    }

    private static void good(String[] kind) {
        zoho.answers(page -> of45(kind, page, more(page < 3)));
        assertThat(saddlebag.pull(kind[0], "full").get("status").asText()).isEqualTo("succeeded");
    }

    private static ObjectNode of45(String[] kind, int page, JsonNode context) {
        return of45(kind, page, 20, context);
    }

    private static ObjectNode of45(String[] kind, int page, int size, JsonNode context) {
        return ListServer.page(kind[1], kind[2], (page - 1) * size + 1, Math.min(page * size, 45), context);
    }

    private static JsonNode parsed(String json) {
        try {
            return json.isEmpty() ? null : MAPPER.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode watermark() {
        return MAPPER.valueToTree(saddlebag.database().queryForList("SELECT watermark::text, records FROM sync_watermarks"));
    }

    private static JsonNode ended(String address) {
        return saddlebag.ended(SaddlebagServer.json(saddlebag.call("POST", address)).get("runId").asLong());
    }
}
