package io.saddlebag.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.problem.ApiException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DeletesRequestTest {

    private static final int LONGEST = 131_072;

    private final DeletesRequest deletes = new DeletesRequest(null, null);

    @Test
    void aBodyOfTheGreatestLengthIsReadToItsEnd() throws IOException {
        String ids = "[\"460000000012345\"]";
        assertThat(chosen(" ".repeat(LONGEST - 13 - ids.length()) + "{\"zohoIds\":" + ids + "} ")).isEqualTo(ids);
    }

    @Test
    void aBodyThatIsTooLongIsRefusedAndNotCut() {
        assertThatThrownBy(() -> chosen("{\"zohoIds\":[\"460000000012345\"]}" + " ".repeat(LONGEST)))
            .isInstanceOfSatisfying(ApiException.class, refusal -> assertThat(refusal.status()).isEqualTo(413)).hasMessageContaining("131072 bytes");
    }

    private String chosen(String body) throws IOException {
        return deletes.chosen(null, new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
    }
}
