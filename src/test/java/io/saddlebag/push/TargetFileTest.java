package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.common.BadSettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A declaration that no run could carry out is refused when it is read. */
class TargetFileTest {

    @TempDir
    private Path folder;

    @Test
    void aCallForTheStatusOfOneRecordDoesNotFollowABatch() throws IOException {
        Path shipped = Path.of("routes/push/billing-plans.yaml");
        Files.writeString(folder.resolve("plans.yaml"), Files.readString(shipped) + "batch: 10\n");
        Files.copy(shipped.resolveSibling("billing-plans.sql"), folder.resolve("plans.sql"));

        assertThatThrownBy(() -> new Targets(folder, Map.of(), name -> false)).isInstanceOf(BadSettingException.class)
            .hasMessageContainingAll("\"batch\" is 10", "activeKey");
    }
}
