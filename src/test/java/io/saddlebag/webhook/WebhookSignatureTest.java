package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Zoho's signature, with the example of its documentation and vectors made from it. */
class WebhookSignatureTest {

    private static final String SECRET = "SampleSecret1234";
    private static final String BODY = "{\"created_date\":\"2019-03-06\",\"event_id\":\"5675\"}";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
        subscription_id=90343&name=basic | {"created_date":"2019-03-06","event_id":"5675"} | 78881654cc83e5ff7ebc1bbc0e70f5de37eaad8a183f21b2e190ed85aa338a10
        name=basic&subscription_id=90343 | {"created_date":"2019-03-06","event_id":"5675"} | 78881654cc83e5ff7ebc1bbc0e70f5de37eaad8a183f21b2e190ed85aa338a10
        n%61me=basic&subscription_id=90343 | {"created_date":"2019-03-06","event_id":"5675"} | 78881654cc83e5ff7ebc1bbc0e70f5de37eaad8a183f21b2e190ed85aa338a10
        ''                               | {"created_date":"2019-03-06","event_id":"5675"} | 36314be8faa74aa22110a218003155382f5ea6c783c921c6ce68bca9bb0292c5
        organization_id=10234695&event_type=item_created | {"item":{"item_id":"4815000000044208","name":"Bags-small"}} | 5111b4760a451c7a3d836c5b1cf3466f699a7fc4258fb83534e820ec455c98e7
        """)
    void isThatOfTheDocumentation(String query, String body, String signature) {
        assertThat(isGood(signature, query, body)).isTrue();
        assertThat(isGood(signature, query + "&a=b", body)).isFalse();
        assertThat(isGood(signature, query, body + " ")).isFalse();
        assertThat(isGood(signature.toUpperCase(), query, body)).as("the same number").isTrue();
    }

    @Test
    void anyOfSeveralSecretsMayHaveSigned() {
        String signature = WebhookSignature.of(SECRET, FormParameters.of(null), bytes(BODY));
        assertThat(WebhookSignature.isGood(signature, List.of("AnotherSecret", SECRET), FormParameters.of(null), bytes(BODY))).isTrue();
        assertThat(WebhookSignature.isGood(signature, List.of("AnotherSecret"), FormParameters.of(null), bytes(BODY))).isFalse();
        assertThat(WebhookSignature.isGood(signature, List.of(), FormParameters.of(null), bytes(BODY))).isFalse();
    }

    @Test
    void noSignatureIsNone() {
        assertThat(isGood(null, "", BODY)).isFalse();
        assertThat(isGood("", "", BODY)).isFalse();
    }

    @Test
    void thePairsOfAFormAreSortedInAmongThoseOfTheQuery() {
        WebhookContent.Sent form = new WebhookContent.Sent("b=2&org=7", bytes("c=%7B+%7D&a=1"), StandardCharsets.UTF_8, true, null);
        assertThat(form.signedPairs().joined()).isEqualTo("a1b2c{ }org7");
        assertThat(form.signedBody()).isEmpty();
    }

    @Test
    void pairsAreReadAsTheyCome() {
        assertThat(FormParameters.of("a&&b=&c=1=2&%zz=%").joined()).isEqualTo("%zz%abc1=2");
        assertThat(FormParameters.of("a=1&a=2").first("a")).isEqualTo("1");
    }

    private static boolean isGood(String given, String query, String body) {
        return WebhookSignature.isGood(given, List.of(SECRET), FormParameters.of(query), bytes(body));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
