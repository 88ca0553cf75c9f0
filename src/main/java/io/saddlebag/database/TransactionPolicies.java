package io.saddlebag.database;

import javax.sql.DataSource;
import org.apache.camel.spring.spi.SpringTransactionPolicy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The ways in which a route is {@code transacted}, the usual two under the names that Camel's manual gives them. */
@Configuration
class TransactionPolicies {

    @Bean
    PlatformTransactionManager transactionManager(DataSource pool, SQLExceptionTranslator errors) {
        JdbcTransactionManager transactions = new JdbcTransactionManager(pool);
        transactions.setExceptionTranslator(errors);
        return new CauseKeepingTransactionManager(transactions);
    }

    @Bean("PROPAGATION_REQUIRED")
    SpringTransactionPolicy required(PlatformTransactionManager transactions) {
        return policy(transactions, "PROPAGATION_REQUIRED");
    }

    /** A savepoint: what fails inside takes back itself and not the transaction around it. */
    @Bean("PROPAGATION_NESTED")
    SpringTransactionPolicy nested(PlatformTransactionManager transactions) {
        return policy(transactions, "PROPAGATION_NESTED");
    }

    /** A savepoint around others: inside a policy's transaction Camel takes the same policy for done. */
    @Bean("NESTED_AROUND")
    SpringTransactionPolicy around(PlatformTransactionManager transactions) {
        return policy(transactions, "PROPAGATION_NESTED");
    }

    /** For what a request changes: a failure takes all back and goes to the caller's error handler, which answers it. */
    @Bean("ALL_OR_NOTHING")
    AllOrNothing allOrNothing(PlatformTransactionManager transactions) {
        return new AllOrNothing(new TransactionTemplate(transactions));
    }

    private static SpringTransactionPolicy policy(PlatformTransactionManager transactions, String propagation) {
        SpringTransactionPolicy policy = new SpringTransactionPolicy(transactions);
        policy.setPropagationBehaviorName(propagation);
        return policy;
    }
}
