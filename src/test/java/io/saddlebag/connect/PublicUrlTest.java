package io.saddlebag.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.problem.ApiException;
import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.mock.web.MockHttpServletRequest;

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

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        localhost:8080         |                                  |                          | http://localhost:8080
        127.0.0.1              |                                  |                          | http://127.0.0.1
        [::1]:9                |                                  |                          | http://[::1]:9
        elsewhere.example      |                                  |                          |
        10.0.0.5:8080          |                                  |                          |
        localhost.evil.example |                                  |                          |
        evil.example           | https://zoho.example.com/        |                          | https://zoho.example.com
        localhost:8080         | https://zoho.example.com         | other.example            | https://zoho.example.com
        zoho.example.com       |                                  | a.example, ZOHO.example.com | http://zoho.example.com
        zoho.example.com:8443  |                                  | zoho.example.com         | http://zoho.example.com:8443
        10.0.0.5:8080          |                                  | 10.0.0.5:8080            | http://10.0.0.5:8080
        10.0.0.5:8081          |                                  | 10.0.0.5:8080            |
        evil.example           |                                  | zoho.example.com         |
        evil-zoho.example.com  |                                  | zoho.example.com         |
        """)
    void onlyThisMachineAndWhatASettingNamesIsBelieved(String host, String publicUrl, String hosts, String url) {
        MockEnvironment settings = new MockEnvironment();
        settings.setProperty("saddlebag.public-url", publicUrl == null ? "" : publicUrl);
        settings.setProperty("saddlebag.hosts", hosts == null ? "" : hosts);
        MockHttpServletRequest request = new MockHttpServletRequest("GET", "/oauth/connect");
        URI asked = URI.create("http://" + host);
        request.setServerName(asked.getHost());
        request.setServerPort(asked.getPort() < 0 ? 80 : asked.getPort());
        if (url == null) {
            assertThatThrownBy(() -> new PublicUrl(settings).of(request)).isInstanceOf(ApiException.class)
                .hasMessageContaining("SADDLEBAG_PUBLIC_URL").hasMessageContaining("SADDLEBAG_HOSTS");
        } else {
            assertThat(new PublicUrl(settings).of(request)).isEqualTo(url);
        }
        assertThat(new PublicUrl(settings).hint() == null).isEqualTo(publicUrl != null || hosts != null);
    }
}
