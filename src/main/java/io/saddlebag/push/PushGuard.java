package io.saddlebag.push;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.common.BadSettingException;
import io.saddlebag.common.Settings;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Holds what decides whether this process may write to Zoho: SADDLEBAG_PUSH and the address of its database. push_guarded_because compares the address with the
 * address that was confirmed last, so that a restored or copied database writes nothing.
 */
@Component("pushGuard")
public class PushGuard {

    private static final String SETTING = "saddlebag.push.write";

    private final String address;
    private final String process;

    /** Confirms the first start. This bean is created after the migrations. */
    PushGuard(Environment environment, JdbcConnectionDetails connection, JdbcTemplate database) {
        String push = new Settings(environment).text(SETTING);
        if (!Set.of("on", "off").contains(push)) {
            throw new BadSettingException("SADDLEBAG_PUSH", Settings.quoted(push) + " is neither on nor off", "Write on or off");
        }
        String url = environment.getProperty("saddlebag.database.url", "");
        address = url.isBlank() ? "embedded in " + Path.of(environment.getRequiredProperty("saddlebag.data-directory")).toAbsolutePath().normalize()
            : address(connection.getJdbcUrl());
        process = new ObjectMapper().createObjectNode().put("push", push).put("address", address).toString();
        database.query("SELECT confirm_first_start(?)", row -> { }, address);
    }

    /** @return host, port and name of the database, without user and password */
    private static String address(String jdbcUrl) {
        Properties parts = Driver.parseURL(jdbcUrl, null);
        return PGProperty.PG_HOST.getOrDefault(parts) + ":" + PGProperty.PG_PORT.getOrDefault(parts) + "/" + PGProperty.PG_DBNAME.getOrDefault(parts);
    }

    /** @return the address at which this process reaches its database */
    public String address() {
        return address;
    }

    /** @return the argument of push_guarded_because, as JSON */
    public String process() {
        return process;
    }
}
