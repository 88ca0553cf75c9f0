package io.saddlebag.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.common.BadSettingException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.FileSystemResource;

/** Variables as the operator sets them, through the real config/application.yaml. */
class SettingsCheckTest {

    private static final String KEY = "SADDLEBAG_MASTER_KEY=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    private static final String CREDENTIALS =
        "ZOHO_CLIENT_ID=id ZOHO_CLIENT_SECRET=hush ZOHO_REFRESH_TOKEN=1000.hush ZOHO_ORG_ID=1";
    private static final String DATABASE = "DATABASE_URL=postgresql://u:hush@db/x";

    @ParameterizedTest(name = "{0} → {1}")
    @CsvSource(delimiter = '|', textBlock = """
        ZOHO_REGION=mars                          | ZOHO_REGION: "mars" is no region of Zoho. Use one of us, eu, in, au
        ZOHO_ORG_ID='60000000001' ZOHO_CLIENT_ID=id ZOHO_CLIENT_SECRET=hush ZOHO_REFRESH_TOKEN=1000.hush | ZOHO_ORG_ID: "'60000000001'" is no id of an organisation. Write its digits alone
        ZOHO_ORG_ID=My_shop ZOHO_CLIENT_ID=id ZOHO_CLIENT_SECRET=hush ZOHO_REFRESH_TOKEN=1000.hush | ZOHO_ORG_ID: "My_shop" is no id
        ZOHO_CLIENT_ID=id                         | ZOHO_CLIENT_SECRET, ZOHO_REFRESH_TOKEN, ZOHO_ORG_ID: missing while
        ZOHO_CLIENT_SECRET=hush ZOHO_ORG_ID=1     | ZOHO_CLIENT_ID, ZOHO_REFRESH_TOKEN: missing while
        ZOHO_ACCOUNTS_URL=accounts.zoho.com       | ZOHO_ACCOUNTS_URL: is not an address
        ZOHO_API_URL=ftp://zoho.com               | ZOHO_API_URL: is not an address
        ZOHO_API_URL=https://user:hush@zoho.com   | ZOHO_API_URL: is not an address
        ZOHO_API_URL=https://                     | ZOHO_API_URL: is not an address
        ZOHO_API_URL=https://zoho.com?a=b         | ZOHO_API_URL: is not an address
        ZOHO_CALLS_PER_MINUTE=0                   | ZOHO_CALLS_PER_MINUTE: "0" is not a whole number from 1
        ZOHO_CALLS_PER_MINUTE=ninety              | ZOHO_CALLS_PER_MINUTE: "ninety" is not a whole number from 1
        ZOHO_CALLS_PER_DAY=-1                     | ZOHO_CALLS_PER_DAY: "-1" is not a whole number from 1
        ZOHO_HTTP_TIMEOUT=35s                     | zoho.http-timeout: "35s" and zoho.token-timeout together are not less than
        ZOHO_CALL_TIMEOUT=40s                     | zoho.http-timeout: "30s" and zoho.token-timeout together are not less than
        ZOHO_HTTP_TIMEOUT=30                      | zoho.http-timeout: "30" is no length of time. Write a number and ms, s
        ZOHO_TOKEN_TIMEOUT=soon                   | zoho.token-timeout: "soon" is no length of time
        ZOHO_LONGEST_ANSWER=8                     | zoho.longest-answer: "8" is no size from 1KB to 999MB. Write a number
        ZOHO_LONGEST_ANSWER=4000MB                | zoho.longest-answer: "4000MB" is no size
        ZOHO_WEBHOOK_SECRET=hush,                 | ZOHO_WEBHOOK_SECRET: one of its comma-separated secrets is empty
        ZOHO_WEBHOOK_SECRET=hush,,hush            | ZOHO_WEBHOOK_SECRET: one of its comma-separated secrets is empty
        ZOHO_WEBHOOK_SECRET=hushhushhus           | ZOHO_WEBHOOK_SECRET: has fewer than 12 characters
        ZOHO_WEBHOOK_SECRET=longersecret12,hush   | ZOHO_WEBHOOK_SECRET: has fewer than 12 characters
        SADDLEBAG_ADMIN_PASSWORD=hushhushhus      | SADDLEBAG_ADMIN_PASSWORD: has fewer than 12 characters, and could be found
        CRON_SECRET=hush                          | CRON_SECRET: has fewer than 12 characters, and could be found by trying. Make
        SADDLEBAG_WEBHOOK_NETWORKS=10.0.0.0/99    | saddlebag.webhook.networks: "10.0.0.0/99" is no network
        SADDLEBAG_ALERT_WEBHOOK=hooks.slack.com/hush | SADDLEBAG_ALERT_WEBHOOK: is not an address that a message can be sent to (not shown
        SADDLEBAG_ALERT_WEBHOOK=https://u:hush@x.example/y | SADDLEBAG_ALERT_WEBHOOK: is not an address
        SADDLEBAG_ALERT_WEBHOOK=https://x.example SADDLEBAG_ALERT_WEBHOOK_SECRET=hush | SADDLEBAG_ALERT_WEBHOOK_SECRET: must be whsec_ followed by the base64 of 24 to 64 bytes
        SADDLEBAG_HEARTBEAT_URL=ftp://hush        | SADDLEBAG_HEARTBEAT_URL: is not an address
        SADDLEBAG_ALERT_EMAIL=ops@example.com     | SADDLEBAG_SMTP_URL: missing: an e-mail needs an address and a server
        SADDLEBAG_SMTP_URL=smtp://mail:25         | SADDLEBAG_ALERT_EMAIL: missing: an e-mail needs an address and a server
        SADDLEBAG_ALERT_EMAIL=ops SADDLEBAG_SMTP_URL=smtp://mail | SADDLEBAG_ALERT_EMAIL: "ops" is not an e-mail address. Write an address such as
        SADDLEBAG_ALERT_EMAIL=ops@example.com SADDLEBAG_SMTP_URL=smtp://u:hu/sh@mail:25 | SADDLEBAG_SMTP_URL: not an address of a mail server (not shown
        SADDLEBAG_ALERT_EMAIL=ops@example.com SADDLEBAG_SMTP_URL=smtp://u:hu%zzsh@mail:25 | SADDLEBAG_SMTP_URL: not an address of a mail server (not shown
        SADDLEBAG_ALERT_EMAIL=ops@example.com SADDLEBAG_SMTP_URL=mail.example.com | SADDLEBAG_SMTP_URL: not an address of a mail server
        SADDLEBAG_ALERTS_QUIET=1                  | saddlebag.alerts.quiet: "1" is no length of time
        SADDLEBAG_ALERTS_GATHER_ABOVE=0           | saddlebag.alerts.gather-above: "0" is not a whole number from 1
        SERVER_PORT=65536                         | SERVER_PORT: "65536" is not a whole number from 0 to 65535
        SERVER_ADDRESS=no-machine.invalid         | SERVER_ADDRESS: "no-machine.invalid" is not an address of this machine. Write 127.0.0.1, or
        SERVER_ADDRESS=203.0.113.7                | SERVER_ADDRESS: "203.0.113.7" is not an address of this machine
        SADDLEBAG_PULL_CRON=0_0/15_*_*_*          | SADDLEBAG_PULL_CRON: "0 0/15 * * *" is no Quartz expression
        SADDLEBAG_PULL_CRON=75_*_*_*_*_?          | SADDLEBAG_PULL_CRON: "75 * * * * ?" is no Quartz expression
        SADDLEBAG_FULL_CRON=0_0_2_30_2_?          | SADDLEBAG_FULL_CRON: "0 0 2 30 2 ?" never comes
        SADDLEBAG_PUSH_CRON=every_minute          | SADDLEBAG_PUSH_CRON: "every minute" is no Quartz expression
        SADDLEBAG_PUSH_FULL_CRON=0_0_2_*_*        | SADDLEBAG_PUSH_FULL_CRON: "0 0 2 * *" is no Quartz expression
        SADDLEBAG_PUSH_VERIFY_CRON=0_0_2_*_*      | saddlebag.push.verify-cron: "0 0 2 * *" is no Quartz expression
        SADDLEBAG_PULL_STOCK_SWEEP_CRON=14:00     | saddlebag.pull.stock-sweep-cron: "14:00" is no Quartz expression
        SADDLEBAG_HOUSEKEEPING_CRON=0_0_2_30_2_?  | saddlebag.housekeeping-cron: "0 0 2 30 2 ?" never comes. Write six fields
        SADDLEBAG_TIMEZONE=Europe/Atlantis        | SADDLEBAG_TIMEZONE: "Europe/Atlantis" is no time zone
        SADDLEBAG_OIDC_CLIENT_ID=x                | SADDLEBAG_OIDC_ISSUER: missing while another SADDLEBAG_OIDC setting is given
        SADDLEBAG_OIDC_VIEWERS=x                  | SADDLEBAG_OIDC_ISSUER: missing while another SADDLEBAG_OIDC setting is given
        SADDLEBAG_OIDC_ISSUER=http://a.example    | SADDLEBAG_OIDC_ISSUER: is not an https address
        SADDLEBAG_OIDC_ISSUER=http://127.a.example | SADDLEBAG_OIDC_ISSUER: is not an https address
        SADDLEBAG_OIDC_ISSUER=http://198.51.100.1 | SADDLEBAG_OIDC_ISSUER: is not an https address
        SADDLEBAG_OIDC_ISSUER=http://[2001:db8::1] | SADDLEBAG_OIDC_ISSUER: is not an https address
        SADDLEBAG_OIDC_ISSUER=http://[::ffff:198.51.100.1] | SADDLEBAG_OIDC_ISSUER: is not an https address
        SADDLEBAG_OIDC_ISSUER=http://127.8.0.1    | SADDLEBAG_OIDC_CLIENT_ID: missing while SADDLEBAG_OIDC_ISSUER is given
        SADDLEBAG_OIDC_ISSUER=http://172.20.0.1:8080 | SADDLEBAG_OIDC_CLIENT_ID: missing while SADDLEBAG_OIDC_ISSUER is given
        SADDLEBAG_OIDC_ISSUER=http://[::1]:8080   | SADDLEBAG_OIDC_CLIENT_ID: missing while SADDLEBAG_OIDC_ISSUER is given
        SADDLEBAG_OIDC_ISSUER=http://[fd00::7]    | SADDLEBAG_OIDC_CLIENT_ID: missing while SADDLEBAG_OIDC_ISSUER is given
        SADDLEBAG_OIDC_ISSUER=a.example           | SADDLEBAG_OIDC_ISSUER: is not an https address
        SADDLEBAG_OIDC_ISSUER=https://a.example   | SADDLEBAG_OIDC_CLIENT_ID: missing while SADDLEBAG_OIDC_ISSUER is given
        SADDLEBAG_OIDC_ISSUER=http://idp:8080 SADDLEBAG_OIDC_CLIENT_ID=x SADDLEBAG_OIDC_CLIENT_SECRET=hush | SADDLEBAG_OIDC_ADMINS, SADDLEBAG_OIDC_OPERATORS, SADDLEBAG_OIDC_VIEWERS: missing
        SADDLEBAG_DEV=yes                         | SADDLEBAG_DEV: "yes" is neither true nor false
        SADDLEBAG_SANDBOX=1                       | SADDLEBAG_SANDBOX: "1" is neither true nor false
        SADDLEBAG_PULL_AT_START=on                | SADDLEBAG_PULL_AT_START: "on" is neither true nor false
        SADDLEBAG_PUBLIC_URL=zoho.example.com     | SADDLEBAG_PUBLIC_URL: is not an address
        SADDLEBAG_HOSTS=https://zoho.example.com  | SADDLEBAG_HOSTS: is not a list of hosts. Write names with commas
        SADDLEBAG_HOSTS=zoho.example.com,,x       | SADDLEBAG_HOSTS: is not a list of hosts
        SADDLEBAG_TRUSTED_PROXIES=(10             | SADDLEBAG_TRUSTED_PROXIES: is not a regular expression
        SPRING_PROFILES_ACTIVE=check              | ZOHO_CLIENT_ID: not set: without credentials everything goes to the sandbox
        SADDLEBAG_MASTER_KEY=hush!                | SADDLEBAG_MASTER_KEY: is not base64. Make one with: openssl rand
        SADDLEBAG_MASTER_KEY=aHVzaA==             | SADDLEBAG_MASTER_KEY: holds 4 bytes instead of 32
        DATABASE CREDENTIALS                      | SADDLEBAG_MASTER_KEY: missing while DATABASE_URL is given. Create one
        DATABASE KEY                              | DATABASE_URL: given without the credentials of a Zoho. Give ZOHO_
        DATABASE KEY                              | or SADDLEBAG_SANDBOX=true to fill this database
        CREDENTIALS SADDLEBAG_SANDBOX=true        | SADDLEBAG_SANDBOX: true while the credentials of a real Zoho are
        """)
    void aSettingThatCannotWorkIsNamedWithItsRemedyAndWithoutASecret(String variables, String message) {
        assertThatThrownBy(() -> start(variables)).isInstanceOf(BadSettingException.class)
            .hasMessageContaining(message).hasMessageNotContaining("hush").hasMessageNotContaining("\n");
    }

    @ParameterizedTest(name = "{0}: sandbox {1}, {2}")
    @CsvSource(delimiter = '|', textBlock = """
        SERVER_PORT=8099                              | true  | http://localhost:8099/sandbox
        ZOHO_API_URL=http://localhost:9/sim/          | true  | http://localhost:9/sim
        DATABASE KEY SADDLEBAG_SANDBOX=true           | true  | http://localhost:8080/sandbox
        SADDLEBAG_SANDBOX=true                        | true  | http://localhost:8080/sandbox
        DATABASE KEY CREDENTIALS                      | false | https://www.zohoapis.com
        CREDENTIALS ZOHO_REGION=com.au                | false | https://www.zohoapis.com.au
        CREDENTIALS ZOHO_API_URL=https://sim.test/z// | false | https://sim.test/z
        CREDENTIALS SADDLEBAG_SANDBOX_ENABLED=true    | false | https://www.zohoapis.com
        """)
    void theSandboxIsThereWithoutCredentialsAndNeverBesideThem(String variables, boolean sandbox, String apiUrl)
            throws IOException {
        var environment = start(variables);

        assertThat(environment.getProperty("saddlebag.sandbox.enabled", Boolean.class)).isEqualTo(sandbox);
        assertThat(environment.getProperty("saddlebag.zoho.api-url")).isEqualTo(apiUrl);
    }

    @Test
    void theSandboxAloneNeedsNoneOfTheOtherSettings() throws IOException {
        var environment = start("SPRING_PROFILES_ACTIVE=sandbox ZOHO_CLIENT_ID=half SADDLEBAG_PULL_CRON=wrong");

        assertThat(environment.getProperty("saddlebag.sandbox.enabled")).isEqualTo("true");
    }

    @Test
    void onlyThisMachinesProxiesAreBelievedUnlessOthersAreNamed() throws IOException {
        String proxies = "server.tomcat.remoteip.internal-proxies";
        assertThat("127.0.0.1").matches(start("").getProperty(proxies));
        assertThat("0:0:0:0:0:0:0:1").matches(start("").getProperty(proxies));
        assertThat("10.0.0.1").doesNotMatch(start("").getProperty(proxies));
        assertThat(start("SADDLEBAG_TRUSTED_PROXIES=10\\..+").getProperty(proxies)).isEqualTo("10\\..+");
    }

    @Test
    void anEmptyVariableMeansTheDefault() throws IOException {
        var environment = start("ZOHO_REGION= SERVER_PORT= SADDLEBAG_DEV= SADDLEBAG_PULL_CRON= SADDLEBAG_MASTER_KEY=");

        assertThat(environment.getProperty("zoho.region")).isEqualTo("us");
        assertThat(environment.getProperty("server.port")).isEqualTo("8080");
    }

    @Test
    void secretsOfTwelveCharactersAreLongEnough() throws IOException {
        assertThat(start("SADDLEBAG_ADMIN_PASSWORD=hushhushhush CRON_SECRET=hushhushhush ZOHO_WEBHOOK_SECRET=hushhushhush,hushhushhus2")
            .getProperty("saddlebag.cron-secret")).hasSize(12);
    }

    @Test
    void onlyThisMachineIsLetInUnlessAnAddressIsGiven() throws IOException {
        assertThat(start("").getProperty("server.address")).isEqualTo("127.0.0.1");
        assertThat(start("SERVER_ADDRESS=0.0.0.0 SADDLEBAG_HOSTS=zoho.example.com,10.0.0.5:8080,[fd00::1]").getProperty("server.address")).isEqualTo("0.0.0.0");
    }

    @Test
    void theTimersHaveAZoneThatQuartzKnows() throws IOException {
        assertThat(start("").getProperty("saddlebag.pull.timezone")).isNotEmpty();
        assertThat(start("SADDLEBAG_TIMEZONE=+02:00").getProperty("saddlebag.pull.timezone")).isEqualTo("GMT+02:00");
    }

    @Test
    void withoutAZoneTheyFollowTheSystemAloneAndUtcWithOthers() throws IOException {
        TimeZone system = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
        try {
            assertThat(start("").getProperty("saddlebag.pull.timezone")).isEqualTo("Asia/Tokyo");
            assertThat(start("DATABASE KEY CREDENTIALS").getProperty("saddlebag.pull.timezone")).isEqualTo("UTC");
        } finally {
            TimeZone.setDefault(system);
        }
    }

    @Test
    void aFolderWithoutSettingsIsNamed() {
        assertThatThrownBy(() -> new SettingsCheck().apply(new StandardEnvironment()))
            .isInstanceOf(BadSettingException.class).hasMessageStartingWith("config/application.yaml: not found in /");
    }

    /** @param variables NAME=value, separated by spaces; an underscore in a cron expression stands for a space */
    private static ConfigurableEnvironment start(String variables) throws IOException {
        Map<String, Object> given = new HashMap<>();
        String spelt = variables.replace("DATABASE KEY", DATABASE + " " + KEY).replace("DATABASE CRED", DATABASE + " CRED")
            .replace("CREDENTIALS", CREDENTIALS);
        for (String variable : spelt.split(" ")) {
            String[] parts = variable.split("=", 2);
            if (parts.length == 2) {
                given.put(parts[0], parts[0].endsWith("CRON") ? parts[1].replace('_', ' ') : parts[1]);
            }
        }
        var environment = new StandardEnvironment();
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
        environment.getPropertySources().replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, given));
        for (String file : List.of("config/application.yaml", "src/main/resources/application.yaml")) {
            new YamlPropertySourceLoader().load(file, new FileSystemResource(file)).forEach(environment.getPropertySources()::addLast);
        }
        new SettingsCheck().apply(environment);
        return environment;
    }
}
