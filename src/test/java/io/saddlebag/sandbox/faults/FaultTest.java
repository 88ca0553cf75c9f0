package io.saddlebag.sandbox.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.sandbox.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FaultTest {

    @ParameterizedTest
    @EnumSource(Fault.Kind.class)
    void thePageNamesEveryKindAsItIsWrittenInJson(Fault.Kind kind) throws IOException {
        String name = Json.<JsonNode>tree(kind).textValue();
        assertThat(name).isEqualTo(kind.name().toLowerCase().replace('_', '-'));
        assertThat(Files.readString(Path.of("docs/reference/sandbox.md"))).contains("`" + name + "`");
    }

    @Test
    void whatIsSaidOfAFaultAddsUp() {
        Fault all = Fault.limit(44).status(200).on("/items").next(3).every(2);
        assertThat(all).isEqualTo(new Fault(Fault.Kind.ERROR, "/items", 3, 2, null, null, null, 200, 44, null, null, null));
        assertThat(Fault.drip(5, 6).on("x").next(1))
                .isEqualTo(new Fault(Fault.Kind.DRIP, "x", 1, null, null, 5, null, null, null, 6, null, null));
    }
}
