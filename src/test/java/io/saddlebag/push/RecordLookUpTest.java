package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.push.Target.LookUp;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An answer to a look-up tells that a record is absent only if it has the place where the record would be. */
class RecordLookUpTest {

    private static final Instant NOW = Instant.parse("2026-11-28T10:00:00Z");

    private static RecordLookUp lookUp(String record, String list) {
        return lookUp(record, list, false);
    }

    private static RecordLookUp lookUp(String record, String list, boolean ignoresCase) {
        return new RecordLookUp(new LookUp("GET /x", null, record, list, "sku", "id", true, "created_time", false, false, null, null, null, null, null), "key-1", "SKU-1", ignoresCase, NOW);
    }

    @ParameterizedTest
    @CsvSource({"plan,", ", items", ","})
    void anAnswerWithoutItsRecordOrListDecidesNothing(String record, String list) {
        assertThatThrownBy(() -> lookUp(record, list).read(Map.of("code", 0, "message", "success"))).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining(record != null ? record : list != null ? list : "data");
    }

    @Test
    void anEmptyListAndCrmsAnswerWithoutContentSayThatThereIsNone() {
        for (Map<?, ?> answer : List.of(Map.of("items", List.of()), Map.of())) {
            RecordLookUp lookUp = lookUp(null, "items");
            lookUp.read(answer);
            assertThat(lookUp.hasNext()).isFalse();
            assertThat(lookUp.found()).isEmpty();
        }
    }

    @Test
    void onlyRecordsOfTheKeyAreKept() {
        RecordLookUp lookUp = lookUp(null, "items");
        lookUp.read(Map.of("items", List.of(Map.of("sku", "SKU-1", "id", "1"), Map.of("sku", "SKU-10", "id", "2"))));
        assertThat(lookUp.found()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"SKU-2,false", "SKU-2,true", "sku-1,false", ",false"})
    void theRecordOfAnotherKeyDecidesNothing(String key, boolean ignoresCase) {
        Map<String, String> plan = new HashMap<>();
        plan.put("sku", key);
        RecordLookUp lookUp = lookUp("plan", null, ignoresCase);
        assertThatThrownBy(() -> lookUp.read(Map.of("plan", plan))).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("another key");
        assertThat(lookUp.found()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"plan,", ", items"})
    void whereZohoIgnoresCaseTheKeyIsTheSame(String record, String list) {
        RecordLookUp lookUp = lookUp(record, list, true);
        Map<String, String> found = Map.of("sku", "sku-1 ", "id", "1");
        lookUp.read(record == null ? Map.of("items", List.of(found)) : Map.of("plan", found));
        assertThat(lookUp.found()).hasSize(1);
    }

    /** Times are hours before the attempt. */
    @ParameterizedTest
    @CsvSource({"0 1 2,false", "2 1 0,true", "0 1 1 2,false", "2 2 2,true", "2,true", "0 2 1,true", "0 0 0,true", "0 ? 2,true"})
    void theLaterPagesAreLeftOutOnlyWhereThisOneBeginsWithTheNewest(String hours, boolean goesOn) {
        RecordLookUp lookUp = lookUp(null, "items");
        List<Map<String, String>> items = Stream.of(hours.split(" "))
            .map(hour -> Map.of("sku", "SKU-9", "created_time", hour.equals("?") ? "?" : NOW.minus(Duration.ofHours(Long.parseLong(hour))).toString())).toList();

        lookUp.read(Map.of("items", items, "page_context", Map.of("has_more_page", true)));

        assertThat(lookUp.hasNext()).isEqualTo(goesOn);
    }
}
