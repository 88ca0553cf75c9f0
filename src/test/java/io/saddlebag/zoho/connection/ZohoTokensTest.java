package io.saddlebag.zoho.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.common.MasterKey;
import io.saddlebag.common.SecretCipher;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.StandardEnvironment;

class ZohoTokensTest {

    private static final Map<String, Object> ROW = Map.of("connection_id", 1L, "region", "us");

    private final ZohoTokens tokens = new ZohoTokens(new SecretCipher(new MasterKey(new byte[32]), null),
        new ZohoHosts(new StandardEnvironment(), ZohoServers.ofZoho()));

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "null", textBlock = """
        3600       | 3600
        3600.0     | 3600
        ' 3600 '   | 3600
        1800.9     | 1800
        3.6e3      | 3600
        3600000    | 3600
        ''         | 3600
        null       | 3600
        an hour    | 3600
        0          | 3600
        0.4        | 3600
        -1         | 3600
        1e99999999 | 3600
        60         | 60
        """)
    void aTokenIsKeptHoweverItsLifeIsWritten(String expiresIn, long seconds) {
        assertThat(answered("expires_in", expiresIn).lifeSeconds()).isEqualTo(seconds);
        assertThat(answered("expires_in_sec", expiresIn).lifeSeconds()).isEqualTo(seconds);
    }

    @Test
    void aLifeThatIsNotSaidIsAnHour() {
        assertThat(answered("other", "1").lifeSeconds()).isEqualTo(3600);
    }

    @Test
    void aLifeThatIsNullInSecondsIsReadFromTheOtherField() {
        Map<String, Object> answer = new HashMap<>(Map.of("access_token", "1000.a", "expires_in", 1800));
        answer.put("expires_in_sec", null);

        assertThat(tokens.readTokenAnswer(ROW, answer, null, "1").lifeSeconds()).isEqualTo(1800);
    }

    @Test
    void aRefusalWithoutAnErrorKeepsZohosOwnTextShortAndOnOneLine() {
        TokenAnswer refused = tokens.readTokenAnswer(ROW, Map.of("status", "failure", "error_description", "You have made too many\nrequests. "
            + "Try again later. ".repeat(50)), null, "1");

        assertThat(refused.outcome()).isEqualTo("throttled");
        assertThat(refused.error()).startsWith("You have made too many requests. Try again").doesNotContain("\n").hasSizeLessThanOrEqualTo(201);
    }

    @Test
    void aStateThatNobodyKnowsIsNoToken() {
        assertThatThrownBy(() -> tokens.authorize(Map.of("state", "later"), null)).isInstanceOf(IllegalStateException.class).hasMessageContaining("later");
    }

    @ParameterizedTest
    @CsvSource({"invalid_code, ZOHO_REFRESH_TOKEN, refreshToken", "invalid_client, ZOHO_CLIENT_ID, clientId", "invalid_client, ZOHO_REGION, region",
        "invalid_client_secret, ZOHO_CLIENT_SECRET, clientSecret"})
    void aRefusalNamesTheSettingAndTheFieldOfTheOrganisation(String error, String setting, String field) {
        TokenAnswer refused = tokens.readTokenAnswer(ROW, Map.of("error", error), null, "60000000001");
        assertThat(refused.toDo()).contains("(" + setting + ", or " + field + " of the organisation)");
        assertThat(refused.toDo().contains("/oauth/connect?org=60000000001 ")).isEqualTo(error.equals("invalid_code"));
    }

    private TokenAnswer answered(String key, Object life) {
        Map<String, Object> answer = new HashMap<>(Map.of("access_token", "1000.a"));
        answer.put(key, life);
        TokenAnswer answered = tokens.readTokenAnswer(ROW, answer, null, "1");
        assertThat(answered.outcome()).isEqualTo("ok");
        return answered;
    }
}
