package io.saddlebag.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.saddlebag.common.BadSettingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGProperty;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class DatabaseUrlTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        postgresql://u:p@db.example:5432/shop               | jdbc:postgresql://db.example:5432/shop | u | p
        postgres://u:p@db.example/shop                      | jdbc:postgresql://db.example/shop | u | p
        postgresql://db.example/shop                        | jdbc:postgresql://db.example/shop | - | -
        postgresql://u@db.example                           | jdbc:postgresql://db.example/ | u | -
        postgresql://u%40x:p%3A%2F%3F%23%40%25+%C3%BC@h/n   | jdbc:postgresql://h/n | u@x | p:/?#@%+ü
        postgresql://u:p#1@2@h/n                            | jdbc:postgresql://h/n | u | p#1@2
        postgresql://u:p@[2001:db8::1]:6432/n               | jdbc:postgresql://[2001:db8::1]:6432/n | u | p
        postgresql://u:p@one:5433,[::1],three/n             | jdbc:postgresql://one:5433,[::1],three/n | u | p
        postgresql://u:p@h/my%20shop+1                      | jdbc:postgresql://h/my%20shop%2B1 | u | p
        """)
    void aPostgresqlAddressIsReadAsLibpqReadsIt(String value, String jdbcUrl, String username, String password) {
        DatabaseUrl url = DatabaseUrl.parse(value);

        assertThat(url.getJdbcUrl()).isEqualTo(jdbcUrl);
        assertThat(url.getUsername()).isEqualTo(username);
        assertThat(url.getPassword()).isEqualTo(password);
    }

    @Test
    void tlsAndOtherParametersAreKeptUnderTheDriversNames() {
        assertThat(DatabaseUrl.parse("postgresql://u:p@h/n?sslmode=verify-full&sslrootcert=/etc/ca%20s.pem"
            + "&channel_binding=require&connect_timeout=3&application_name=a+b@c").getJdbcUrl())
            .isEqualTo("jdbc:postgresql://h/n?sslmode=verify-full&sslrootcert=/etc/ca%20s.pem"
                + "&channelBinding=require&connectTimeout=3&ApplicationName=a%2Bb@c");
    }

    @ParameterizedTest
    @CsvSource({"target_session_attrs=read-write, targetServerType=primary", "target_session_attrs=any, targetServerType=any",
        "target_session_attrs=prefer-standby, targetServerType=preferSecondary", "load_balance_hosts=random, loadBalanceHosts=true"})
    void whichOfSeveralHostsIsMeantIsSaidInTheDriversWords(String libpq, String driver) {
        assertThat(DatabaseUrl.parse("postgresql://u:p@one,two:6432/n?" + libpq).getJdbcUrl()).isEqualTo("jdbc:postgresql://one,two:6432/n?" + driver);
        assertThat(PGProperty.forName(driver.split("=")[0])).as("a parameter of the driver").isNotNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        jdbc:postgresql://h:1,i:2/n?user=u&password=a%2Bb+c&ssl=true | jdbc:postgresql://h:1,i:2/n?ssl=true | u | a+b c
        jdbc:postgresql://h/n?ssl=true&password=p                    | jdbc:postgresql://h/n?ssl=true       | - | p
        jdbc:postgresql://h/n?password=p&user=u                      | jdbc:postgresql://h/n                | u | p
        jdbc:postgresql://h/n?sslpassword=k&ssl=true                 | jdbc:postgresql://h/n?ssl=true       | - | -
        jdbc:postgresql://h/n?ssl=true                               | jdbc:postgresql://h/n?ssl=true       | - | -
        jdbc:postgresql://h/n                                        | jdbc:postgresql://h/n                | - | -
        postgresql://u@h/n?password=p                                | jdbc:postgresql://h/n                | u | p
        """)
    void aJdbcUrlIsTakenAsItIsWithoutUserAndPassword(String value, String jdbcUrl, String username, String password) {
        aPostgresqlAddressIsReadAsLibpqReadsIt(value, jdbcUrl, username, password);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "mysql://u:hush@h/n", "u:hush@h/n", "postgresql://u:hush@/n", "postgresql://u:hush@h:port/n",
        "postgresql://u:hush/hush@h/n", "postgresql://u:hush%zz@h/n", "postgresql:u:hush@h",
        "jdbc:mysql://h/n?password=hush",
        "jdbc:postgresql://h:port/n?password=hush"})
    void whatIsNeitherIsRefusedWithoutShowingThePassword(String value, CapturedOutput output) {
        assertThatThrownBy(() -> DatabaseUrl.parse(value)).isInstanceOf(BadSettingException.class).hasNoCause()
            .hasMessageStartingWith("DATABASE_URL: ").hasMessageNotContaining("hush");
        assertThat(output).doesNotContain("hush");
    }

    @Test
    void thePasswordOfTheClientsKeyIsForTheDriverAlone() {
        DatabaseUrl url = DatabaseUrl.parse("postgresql://u:p@h/n?sslmode=verify-full&sslpassword=a%26b");

        assertThat(url.getJdbcUrl()).isEqualTo("jdbc:postgresql://h/n?sslmode=verify-full");
        assertThat(url.driverProperties()).containsExactly(entry("sslpassword", "a&b"));
        assertThat(DatabaseUrl.parse("postgresql://u:p@h/n").driverProperties()).isEmpty();
    }

    @Test
    void itsWordsForMessagesHoldNoSecret() {
        assertThat(DatabaseUrl.parse("postgresql://u:hush@db.example/n?sslpassword=hush"))
            .hasToString("db.example:5432");
    }
}
