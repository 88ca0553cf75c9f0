package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.common.BadSettingException;
import io.saddlebag.common.Settings;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.FileSystemResource;

/** Settings of webhooks as the operator writes them over those of the real config/application.yaml. */
class WebhookSettingsTest {

    @Test
    void thoseOfTheFileWork() throws IOException {
        assertThatCode(() -> settings("").check()).doesNotThrowAnyException();
        assertThat(settings("").templates()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        longest-body=1TB              | longest-body: "1TB" is no size
        longest-body=0MB              | longest-body: "0MB" is no size
        longest-body=1000MB           | longest-body: "1000MB" is no size
        per-second=0                  | per-second: "0" is not a whole number from 1 to 1000000
        workers=11                    | workers: "11" is not a whole number from 1 to 10
        attempts=many                 | attempts: "many" is not a whole number
        keep-days=0                   | keep-days: "0" is not a whole number
        every=100                     | every: "100" is no length of time
        lease=-1s                     | lease: "-1s" is no length of time
        first-pause=soon              | first-pause: "soon" is no length of time
        longest-pause=6d              | longest-pause: "6d" is no length of time
        networks=203.0.113.0/33       | networks: "203.0.113.0/33" is no network
        networks=10.0.0.0/8,zoho.com  | networks: "zoho.com" is no network
        networks=203.0.113            | networks: "203.0.113" is no network
        networks=::/129               | networks: "::/129" is no network
        templates.a.content-type=text/plain templates.a.pattern=(?<id>1)                                | templates.a.entity: missing
        templates.a.entity=items templates.a.pattern=(?<id>1)                                           | templates.a.content-type: is no media type
        templates.a.entity=items templates.a.content-type=text/plain                                    | templates.a: does not say where the id stands
        templates.a.entity=items templates.a.content-type=text/plain templates.a.id=/x                  | templates.a: does not say where the id stands
        templates.a.entity=items templates.a.content-type=text/plain templates.a.pattern=(?<who>1)      | templates.a.pattern: has no group named id
        templates.a.entity=items templates.a.content-type=text/plain templates.a.pattern=(?<id>1        | templates.a.pattern: is no regular expression
        templates.a.entity=items templates.a.content-type=application/json templates.a.pattern=(?<id>1) | templates.a: does not say where the id stands
        templates.a.entity=items templates.a.content-type=application/json templates.a.id=item_id       | templates.a: names keys of JSON by something else
        templates.a.entity=items templates.a.content-type=application/json templates.a.idd=/item_id     | templates: holds something else than entity
        """)
    void oneThatCannotWorkIsNamedWithItsRemedy(String given, String message) throws IOException {
        assertThatThrownBy(() -> settings(given).check()).isInstanceOf(BadSettingException.class)
            .hasMessageStartingWith("saddlebag.webhook." + message).hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/vnd.zoho+json;charset=utf-8", "application/x-www-form-urlencoded"})
    void aTemplateNeedsNoMoreThanAnId(String type) throws IOException {
        assertThat(settings("templates.a.entity=items templates.a.content-type=" + type + " templates.a.id=/id").templates()).containsOnlyKeys("a");
    }

    @Test
    void networksAreThoseOfBothVersions() throws IOException {
        WebhookNetworks networks = WebhookNetworks.of(settings("networks=203.0.113.0/24,2001:db8::/32,192.0.2.7").settings());

        assertThat(networks.admit("203.0.113.200")).isTrue();
        assertThat(networks.admit("192.0.2.7")).isTrue();
        assertThat(networks.admit("2001:db8:1::1")).isTrue();
        assertThat(networks.admit("203.0.114.1")).isFalse();
        assertThat(networks.admit("192.0.2.8")).isFalse();
        assertThat(networks.admit("2001:db9::1")).isFalse();
        assertThat(WebhookNetworks.of(settings("").settings()).admit("198.51.100.1")).as("none is named").isTrue();
    }

    /** @param given name=value under saddlebag.webhook, separated by spaces */
    private static WebhookSettings settings(String given) throws IOException {
        Map<String, Object> values = new LinkedHashMap<>();
        for (String pair : given.isEmpty() ? new String[0] : given.split(" +")) {
            values.put("saddlebag.webhook." + pair.split("=", 2)[0], pair.split("=", 2)[1]);
        }
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("given", values));
        for (String file : List.of("config/application.yaml", "src/main/resources/application.yaml")) {
            new YamlPropertySourceLoader().load(file, new FileSystemResource(file)).forEach(environment.getPropertySources()::addLast);
        }
        return new WebhookSettings(new Settings(environment));
    }
}
