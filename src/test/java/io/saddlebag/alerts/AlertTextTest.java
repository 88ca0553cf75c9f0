package io.saddlebag.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;

/** What people read in a chat or a mailbox. */
class AlertTextTest {

    private static final String ONE = """
        {"key": "1.token", "org": "1", "state": "firing", "since": "2026-01-01T12:00:00+00:00", "text": "Nobody agreed & <so> on", "changes": 1,
         "mend": {"label": "Connect to Zoho", "method": "GET", "address": "/oauth/connect?org=1"}}""";

    @Test
    void slackGetsItsOwnCharactersEscaped() throws Exception {
        JsonNode body = json("https://hooks.slack.com/services/T/B/X", "[" + ONE + "]");
        assertThat(body.get("text").asText()).isEqualTo("Problem: Nobody agreed &amp; &lt;so&gt; on");
        assertThat(body.get("alerts").get(0).get("text").asText()).isEqualTo("Nobody agreed & <so> on");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://prod-1.westeurope.logic.azure.com:443/workflows/a/triggers/manual/paths/invoke?sig=b", "https://x.environment.api.powerplatform.com/y",
        "https://acme.webhook.office.com/z"})
    void teamsGetsACard(String address) throws Exception {
        JsonNode body = json(address, "[" + ONE + "]");
        assertThat(body.get("type").asText()).isEqualTo("message");
        JsonNode card = body.get("attachments").get(0);
        assertThat(card.get("contentType").asText()).isEqualTo("application/vnd.microsoft.card.adaptive");
        assertThat(card.at("/content/body/0/text").asText()).isEqualTo("Problem: Nobody agreed & <so> on");
    }

    @Test
    void othersGetTheTextAsItIsWithLinksIfTheAddressOfThisServerIsKnown() throws Exception {
        assertThat(json("https://hooks.slack.com.evil.example/x", "[" + ONE + "]").get("text").asText()).isEqualTo("Problem: Nobody agreed & <so> on");
        AlertText linked = new AlertText(new MockEnvironment().withProperty("saddlebag.alerts.webhook", "").withProperty("saddlebag.public-url", "https://s.example/"));
        assertThat(linked.mail(message("alert", "[" + ONE + "]"))).isEqualTo(
            "Problem: Nobody agreed & <so> on Connect to Zoho: https://s.example/oauth/connect?org=1\r\nhttps://s.example/alerts\r\n");
    }

    @Test
    void aLongListIsCutAndSaysSo() throws Exception {
        String many = IntStream.range(0, 50).mapToObj(n -> ONE.replace("1.token", n + ".token")).collect(Collectors.joining(",", "[", "]"));
        String text = json("https://x.example", many).get("text").asText();
        assertThat(text).startsWith("50 problems, 0 over\n- Problem: Nobody").endsWith("and 30 more: GET /api/alerts");
        assertThat(text.lines()).hasSize(22);
    }

    @Test
    void aSubjectIsOneShortLine() throws Exception {
        String text = "x".repeat(300);
        AlertText words = new AlertText(new MockEnvironment());
        assertThat(words.subject(message("alert", "[" + ONE.replace("Nobody", "a\\nBcc: c@d.example " + text) + "]"))).isEqualTo("[Saddlebag] Problem: a");
        assertThat(words.subject(message("alert", "[" + ONE.replace("Nobody", text) + "]"))).hasSize("[Saddlebag] ".length() + 120).endsWith("…");
    }

    private static JsonNode json(String webhook, String alerts) throws Exception {
        return new ObjectMapper().readTree(new AlertText(new MockEnvironment().withProperty("saddlebag.alerts.webhook", webhook)).json(message("alert", alerts)));
    }

    private static Map<String, Object> message(String kind, String alerts) {
        return Map.of("message_id", "msg_1", "kind", kind, "at", "2026-01-01T12:00:00Z", "alerts", alerts);
    }
}
