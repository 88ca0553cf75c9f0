package io.saddlebag.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tests of secrets find what they look for. */
class SecretsTest {

    private static final String SECRET = "data/base+3";

    private final Secrets secrets = new Secrets().add("password", SECRET).add("other", "another word");

    @ParameterizedTest
    @ValueSource(strings = {SECRET, "at the begin\u00e9: data/base+3", "data%2Fbase%2B3 at the beginning", "data/base+data/base+3"})
    void aSecretIsFoundWhereverItStands(String text) {
        assertThat(secrets.in(text)).containsExactly("password");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "ab", "abc:"})
    void aSecretIsFoundInBase64OfALongerText(String before) {
        byte[] text = (before + SECRET + " and more").getBytes(StandardCharsets.UTF_8);

        assertThat(secrets.in("Basic " + Base64.getEncoder().encodeToString(text))).containsExactly("password");
        assertThat(secrets.in("?in=" + Base64.getUrlEncoder().encodeToString(text))).containsExactly("password");
    }

    @Test
    void whatIsNoSecretIsNotFound() {
        assertThat(secrets.in("")).isEmpty();
        assertThat(secrets.in("data/base+")).isEmpty();
        assertThat(secrets.in("data/base 3, data")).isEmpty();
        assertThat(secrets.in(SECRET + " and another word")).containsExactly("other", "password");
    }
}
