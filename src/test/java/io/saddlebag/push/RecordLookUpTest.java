package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.push.Target.LookUp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An answer to a look-up tells that a record is absent only if it has the place where the record would be. */
class RecordLookUpTest {

    private static RecordLookUp lookUp(String record, String list) {
        return new RecordLookUp(new LookUp("GET /x", null, record, list, "sku", "id", false, null, false, false, null, null, null, null, null), "key-1", "SKU-1", Instant.now());
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
}
