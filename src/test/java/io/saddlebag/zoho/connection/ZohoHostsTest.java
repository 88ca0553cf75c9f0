package io.saddlebag.zoho.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Where calls of each product go. */
class ZohoHostsTest {

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
        eu, -,                           /crm/v8/Products,    https://www.zohoapis.eu/crm/v8/Products
        eu, https://www.zohoapis.in,     /billing/v1/plans/A, https://www.zohoapis.in/billing/v1/plans/A
        eu, -,                           /desk/api/v1/tickets, https://desk.zoho.eu/api/v1/tickets
        us, https://www.zohoapis.com.au, /desk/api/v1/tickets, https://desk.zoho.com.au/api/v1/tickets
        ca, -,                           /desk/api/v1/tickets, https://desk.zohocloud.ca/api/v1/tickets
        """)
    void everyProductIsBelowTheServerOfTheRegionButDeskHasItsOwn(String region, String named, String path, String url) {
        assertThat(new ZohoHosts(new StandardEnvironment(), ZohoServers.ofZoho()).url(region, named, path)).isEqualTo(url);
    }

    @Test
    void anAddressInThePlaceOfTheRegionsIsAlsoThatOfDesk() {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test",
            Map.of("zoho.api-url", "http://localhost:1", "saddlebag.zoho.api-url", "http://localhost:1")));
        assertThat(new ZohoHosts(environment, ZohoServers.ofZoho()).url("eu", null, "/desk/api/v1/tickets")).isEqualTo("http://localhost:1/desk/api/v1/tickets");
    }
}
