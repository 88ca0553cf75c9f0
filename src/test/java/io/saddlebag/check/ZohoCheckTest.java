package io.saddlebag.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.saddlebag.zoho.connection.ZohoHosts;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A check whose credentials no region knows. */
class ZohoCheckTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        true  | ok     region           the sandbox stands for all regions of Zoho
        false | WRONG  region           ZOHO_ACCOUNTS_URL replaces the accounts servers
        """)
    void theSandboxHasNoRegionToChange(boolean sandbox, String told) {
        ZohoHosts hosts = mock(ZohoHosts.class);
        when(hosts.isSandbox()).thenReturn(sandbox);
        when(hosts.accountsReplaced()).thenReturn(true);
        CheckReport report = new CheckReport("1", true, "us", 1L, null);

        new ZohoCheck(null, hosts, null, null).regionsTried(report);

        assertThat(report.lines()).contains(told);
        assertThat(report.lines().contains("ZOHO_REGION")).isEqualTo(!sandbox);
    }
}
