package io.saddlebag.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.saddlebag.common.BadSettingException;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails;
import org.springframework.web.util.UriUtils;

/**
 * The database that {@code DATABASE_URL} names, as the JDBC driver wants it. A {@code postgresql://} address is read as
 * libpq does (https://www.postgresql.org/docs/17/libpq-connect.html, 32.1.1.2), a {@code jdbc:postgresql:} one is kept,
 * but for user and passwords, which no URL holds that leaves here.
 */
public final class DatabaseUrl implements JdbcConnectionDetails {

    private static final Pattern SHAPE = Pattern.compile("postgres(?:ql)?://"
        + "(?:(?<user>[^:@/?]*)(?::(?<password>[^/?]*))?@)?"
        + "(?<hosts>[^@/?]+)(?:/(?<name>[^@/?]*))?(?:\\?(?<parameters>.*))?");

    /** libpq's names of parameters that the driver calls otherwise, and would leave aside without a word. */
    private static final Map<String, String> DRIVER_NAMES = Map.of("application_name", "ApplicationName",
        "channel_binding", "channelBinding", "connect_timeout", "connectTimeout", "gssencmode", "gssEncMode",
        "sslnegotiation", "sslNegotiation", "target_session_attrs", "targetServerType", "load_balance_hosts", "loadBalanceHosts");
    /** libpq's values of target_session_attrs and load_balance_hosts. */
    private static final Map<String, String> DRIVER_VALUES = Map.of("target_session_attrs=read-write", "primary", "target_session_attrs=read-only", "secondary",
        "target_session_attrs=standby", "secondary", "target_session_attrs=prefer-standby", "preferSecondary",
        "load_balance_hosts=random", "true", "load_balance_hosts=disable", "false");

    private final String jdbcUrl;
    private final String username;
    private final String password;
    private final String keyPassword;
    private final String place;

    private DatabaseUrl(String jdbcUrl, String username, String password) {
        Properties driverView = Driver.parseURL(jdbcUrl, null);
        if (driverView == null) {
            throw malformed();
        }
        this.jdbcUrl = withoutLogin(jdbcUrl);
        this.username = username != null ? username : driverView.getProperty(PGProperty.USER.getName());
        this.password = password != null ? password : driverView.getProperty(PGProperty.PASSWORD.getName());
        this.keyPassword = driverView.getProperty(PGProperty.SSL_PASSWORD.getName());
        this.place = driverView.getProperty("PGHOST") + ":" + driverView.getProperty("PGPORT");
    }

    /**
     * @param value what {@code DATABASE_URL} holds, not blank
     * @throws BadSettingException when it is neither form; the message repeats no part of it
     */
    public static DatabaseUrl parse(String value) {
        if (value.startsWith("jdbc:postgresql:")) {
            return new DatabaseUrl(value, null, null);
        }
        Matcher url = SHAPE.matcher(value);
        if (!url.matches()) {
            throw malformed();
        }
        String jdbcUrl = "jdbc:postgresql://" + url.group("hosts") + "/" + literalPlus(url.group("name"))
            + parameters(url.group("parameters"));
        return new DatabaseUrl(jdbcUrl, decoded(url.group("user")), decoded(url.group("password")));
    }

    /** The driver tells its URL to whoever asks: Camel shows it in JMX, Flyway in the log. */
    private static String withoutLogin(String jdbcUrl) {
        String[] parts = jdbcUrl.split("\\?", 2);
        return parts.length == 1 ? jdbcUrl : Arrays.stream(parts[1].split("&"))
            .filter(parameter -> !parameter.startsWith("user=") && !parameter.startsWith("password=") && !parameter.startsWith("sslpassword="))
            .reduce((first, second) -> first + "&" + second).map(rest -> parts[0] + "?" + rest).orElse(parts[0]);
    }

    private static String parameters(String given) {
        if (given == null || given.isEmpty()) {
            return "";
        }
        return Arrays.stream(literalPlus(given).split("&")).map(parameter -> parameter.split("=", 2))
            .map(pair -> DRIVER_NAMES.getOrDefault(pair[0], pair[0]) + (pair.length == 2 ? "=" + DRIVER_VALUES.getOrDefault(pair[0] + "=" + pair[1], pair[1]) : ""))
            .collect(Collectors.joining("&", "?", ""));
    }

    /** The driver takes a plus for a space, as forms do; libpq does not. */
    private static String literalPlus(String encoded) {
        return encoded == null ? "" : encoded.replace("+", "%2B");
    }

    private static String decoded(String encoded) {
        try {
            return encoded == null ? null : UriUtils.decode(encoded, UTF_8);
        } catch (IllegalArgumentException e) { // its message would show a part of the password
            throw malformed();
        }
    }

    private static BadSettingException malformed() {
        return new BadSettingException("DATABASE_URL", "not an address of a PostgreSQL database (not shown: "
            + "it may hold a password)", "Write postgresql://user:password@host:5432/name, with each of : / ? # @ % in "
            + "user and password percent-encoded, or a jdbc:postgresql: URL");
    }

    @Override
    public String getJdbcUrl() {
        return jdbcUrl;
    }

    @Override
    public String getUsername() {
        return username;
    }

    @Override
    public String getPassword() {
        return password;
    }

    /** @return the password of the client's key, as a property for the driver; none if the URL has none */
    public Map<String, String> driverProperties() {
        return keyPassword == null ? Map.of() : Map.of(PGProperty.SSL_PASSWORD.getName(), keyPassword);
    }

    /** Hosts and ports only, for messages. */
    @Override
    public String toString() {
        return place;
    }
}
