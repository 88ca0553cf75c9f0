package io.saddlebag.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.saddlebag.common.MasterKey;
import io.saddlebag.common.SecretCipher;
import io.saddlebag.connect.PublicUrl;
import io.saddlebag.kinds.Kinds;
import io.saddlebag.problem.ApiException;
import io.saddlebag.webhook.WebhookSecrets;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.mock.web.MockHttpServletRequest;

/** Where a registration would be of no use. */
class WebhookPlanTest {

    private static final String SECRET = "SampleSecret1234";

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        https://www.zohoapis.com      | -                        | http://localhost:8080/api   | SADDLEBAG_PUBLIC_URL
        https://www.zohoapis.com      | http://192.168.1.7       | https://zoho.example.com/x  | SADDLEBAG_PUBLIC_URL
        https://www.zohoapis.com      | https://zoho.example.com | http://localhost:8080/api   | -
        https://www.zohoapis.com      | -                        | https://zoho.example.com/x  | SADDLEBAG_PUBLIC_URL
        http://localhost:8080/sandbox | -                        | http://localhost:8080/api   | -
        http://sim.example.com        | -                        | http://localhost:8080/api   | SADDLEBAG_PUBLIC_URL
        """)
    void anAddressThatZohoCannotReachIsRefused(String api, String publicUrl, String request, String problem) throws JsonProcessingException {
        Map<String, Object> settings = new HashMap<>(Map.of("saddlebag.zoho.api-url", api, "zoho.webhook-secret", SECRET));
        settings.put("saddlebag.public-url", publicUrl == null ? "" : publicUrl);
        if (problem == null) {
            String base = publicUrl != null ? publicUrl : request.replaceFirst("/[a-z]+$", "");
            assertThat(begin(settings, request).base()).isEqualTo(base);
        } else {
            assertThatThrownBy(() -> begin(settings, request)).isInstanceOf(ApiException.class).hasMessageContaining(problem);
        }
    }

    @ParameterizedTest
    @CsvSource({"'', ZOHO_WEBHOOK_SECRET", "tooshort, 12 to 50", "with-a-dash-in-it, 12 to 50"})
    void aSecretThatZohoDoesNotTakeIsRefusedAndNotTold(String secret, String problem) {
        Map<String, Object> settings = Map.of("saddlebag.zoho.api-url", "https://www.zohoapis.com", "zoho.webhook-secret", secret);
        assertThatThrownBy(() -> begin(settings, "https://zoho.example.com/x")).isInstanceOf(ApiException.class).hasMessageContaining(problem)
            .satisfies(refused -> assertThat(secret.isEmpty() || !refused.getMessage().contains(secret)).isTrue());
    }

    private static WebhookRegistration begin(Map<String, Object> settings, String request) throws JsonProcessingException {
        MockEnvironment environment = new MockEnvironment();
        settings.forEach((name, value) -> environment.setProperty(name, value.toString()));
        CamelContext camel = new DefaultCamelContext();
        try (AnnotationConfigApplicationContext spring = new AnnotationConfigApplicationContext()) {
            spring.setEnvironment(environment);
            spring.registerBean(CamelContext.class, () -> camel);
            spring.registerBean(SecretCipher.class, () -> new SecretCipher(new MasterKey(new byte[32]), null));
            spring.registerBean(Kinds.class);
            spring.registerBean(WebhookSecrets.class);
            spring.registerBean(PublicUrl.class);
            spring.registerBean(WebhookPlan.class);
            spring.refresh();
            Exchange exchange = new DefaultExchange(camel);
            Map<String, Object> organisation = new HashMap<>(Map.of("org_id", "7", "is_default", true, "registered", "{}"));
            exchange.setVariable("organisation", organisation);
            MockHttpServletRequest http = new MockHttpServletRequest("POST", URI.create(request).getPath());
            http.setScheme(URI.create(request).getScheme());
            http.setServerName(URI.create(request).getHost());
            http.setServerPort(URI.create(request).getPort() < 0 ? 443 : URI.create(request).getPort());
            exchange.getMessage().setHeader("CamelHttpServletRequest", http);
            return spring.getBean(WebhookPlan.class).begin(exchange);
        }
    }
}
