package io.saddlebag.zoho.connection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZohoRegionTest {

    @ParameterizedTest
    @CsvSource({
        "us, accounts.zoho.com, www.zohoapis.com",
        "com, accounts.zoho.com, www.zohoapis.com",
        "EU, accounts.zoho.eu, www.zohoapis.eu",
        "in, accounts.zoho.in, www.zohoapis.in",
        "AU, accounts.zoho.com.au, www.zohoapis.com.au",
        "com.au, accounts.zoho.com.au, www.zohoapis.com.au",
        "jp, accounts.zoho.jp, www.zohoapis.jp",
        "ca, accounts.zohocloud.ca, www.zohoapis.ca",
        "cn, accounts.zoho.com.cn, www.zohoapis.com.cn",
        "COM.CN, accounts.zoho.com.cn, www.zohoapis.com.cn",
        "sa, accounts.zoho.sa, www.zohoapis.sa",
        "uk, accounts.zoho.uk, www.zohoapis.uk"})
    void aRegionKnowsItsHosts(String text, String accounts, String api) {
        assertThat(ZohoRegion.of(text).accountsUrl()).isEqualTo("https://" + accounts);
        assertThat(ZohoRegion.of(text).apiUrl()).isEqualTo("https://" + api);
    }
}
