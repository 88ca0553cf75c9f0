package io.saddlebag.sink;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.kinds.Kind;
import io.saddlebag.kinds.Kinds;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SinkBatchTest {

    private static final Kind CATEGORIES = new Kinds(Path.of("routes/kinds")).of("categories");

    private final SinkBatch batches = new SinkBatch();

    @Test
    void anAnswerWithoutTheListNamesEachKeyItMayHave() {
        refused(Map.of("code", 0), "no list \"" + String.join("\" or \"", CATEGORIES.listKey()) + "\"");
        refused(Map.of(CATEGORIES.listKey().get(0), "none"), ": \"" + CATEGORIES.listKey().get(0) + "\" is a string");
    }

    private void refused(Map<String, Object> answer, String reason) {
        assertThatThrownBy(() -> batches.list(answer, CATEGORIES, Timestamp.from(Instant.EPOCH), null)).hasMessageEndingWith(reason);
    }
}
