package io.saddlebag.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StorableJsonTest {

    @Test
    void aNulIsReplacedAndAllElseStays() throws Exception {
        assertThat(StorableJson.write(Map.of("a\u0000", List.of("b\u0000c\u0001\"\\\n\uD83D\uDE00", 1.50, "\\u0000"))))
            .isEqualTo("{\"a\\ufffd\":[\"b\\ufffdc\\u0001\\\"\\\\\\n\uD83D\uDE00\",1.5,\"\\\\u0000\"]}");
    }
}
