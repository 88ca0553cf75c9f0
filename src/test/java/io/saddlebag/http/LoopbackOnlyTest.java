package io.saddlebag.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;

class LoopbackOnlyTest {

    @ParameterizedTest
    @CsvSource({"127.0.0.1, true", "127.8.9.1, true", "::1, true", "0:0:0:0:0:0:0:1, true", "10.0.0.7, false",
        "192.168.1.4, false", "203.0.113.9, false", "fe80::1, false", "::ffff:203.0.113.9, false"})
    void onlyLoopbackAddressesAreThisMachine(String address, boolean here) {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setRemoteAddr(address);

        assertThat(new LoopbackOnly().matches(request)).isEqualTo(here);
    }
}
