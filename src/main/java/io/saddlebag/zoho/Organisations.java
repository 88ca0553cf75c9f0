package io.saddlebag.zoho;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Enters the organisation of the settings as the first one, before any route starts. */
@Component
@Profile("!sandbox")
class Organisations implements InitializingBean {

    private final JdbcTemplate database;
    private final TransactionTemplate transaction;
    private final String orgId;

    Organisations(JdbcTemplate database, PlatformTransactionManager transactions, ZohoConnection connection) {
        this.database = database;
        this.transaction = new TransactionTemplate(transactions);
        this.orgId = connection.orgId();
    }

    @Override
    public void afterPropertiesSet() {
        transaction.executeWithoutResult(status -> {
            database.update("UPDATE organisations SET is_default = false WHERE is_default AND org_id <> ?", orgId);
            database.update("INSERT INTO organisations (org_id, is_default) VALUES (?, true) "
                    + "ON CONFLICT (org_id) DO UPDATE SET is_default = true WHERE NOT organisations.is_default", orgId);
        });
    }
}
