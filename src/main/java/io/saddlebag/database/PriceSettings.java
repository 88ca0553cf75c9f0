package io.saddlebag.database;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.BaseCallback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Applies the settings of the default price list after each migration, under Flyway's lock. Placeholders of Flyway would do the same in SQL;
 * they make it read every file of functions character by character, which was a twentieth of a start's processor time.
 */
@Component
public class PriceSettings extends BaseCallback {

    private final String list;
    private final String currency;

    /**
     * @param list     name of the default price list
     * @param currency its currency, three letters; empty for the organisation's own
     */
    public PriceSettings(@Value("${saddlebag.prices.default-list}") String list, @Value("${saddlebag.prices.default-currency}") String currency) {
        this.list = list;
        this.currency = currency;
    }

    @Override
    public boolean supports(Event event, Context context) {
        return event == Event.AFTER_MIGRATE;
    }

    @Override
    public void handle(Event event, Context context) {
        try (PreparedStatement apply = context.getConnection().prepareStatement("SELECT apply_price_settings(?, ?)")) {
            apply.setString(1, list);
            apply.setString(2, currency);
            apply.execute();
        } catch (SQLException e) {
            throw new FlywayException("the settings of the default price list were not applied: " + e.getMessage(), e);
        }
    }
}
