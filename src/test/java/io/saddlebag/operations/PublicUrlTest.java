package io.saddlebag.operations;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicUrlTest {

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:8080", "https://LOCALHOST", "http://127.0.0.1", "http://127.9.9.9:80", "http://10.1.2.3", "http://172.16.0.1",
        "https://192.168.1.1", "http://169.254.1.1", "http://0.0.0.0", "http://[::1]:8080", "http://[fd00::1]", "http://[fe80::1]", "http://saddlebag",
        "http://saddlebag:8080", "http://printer.local", "https://zoho.internal", "http://a_b"})
    void whatOnlyThisMachineOrItsNetworkKnowsIsPrivate(String url) {
        assertThat(PublicUrl.isPrivate(url)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://zoho.example.com", "https://zoho.example.com/saddlebag", "http://203.0.113.7:8080", "https://[2001:db8::7]",
        "https://localhost.example.com", "http://172.32.0.1"})
    void whatTheWorldReachesIsNot(String url) {
        assertThat(PublicUrl.isPrivate(url)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://www.zohoapis.com", "http://localhost.example.com", "http://127.0.0.1.example.com/sandbox"})
    void zohoItselfIsNotOnThisMachine(String url) {
        assertThat(PublicUrl.isLoopback(url)).isFalse();
        assertThat(PublicUrl.isLoopback("http://localhost:8080/sandbox")).isTrue();
        assertThat(PublicUrl.isLoopback("http://127.0.0.1:40000/sandbox")).isTrue();
    }
}
