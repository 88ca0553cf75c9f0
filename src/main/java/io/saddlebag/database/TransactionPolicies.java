package io.saddlebag.database;

import javax.sql.DataSource;
import org.apache.camel.spring.spi.SpringTransactionPolicy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.transaction.PlatformTransactionManager;

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

    private static SpringTransactionPolicy policy(PlatformTransactionManager transactions, String propagation) {
        SpringTransactionPolicy policy = new SpringTransactionPolicy(transactions);
        policy.setPropagationBehaviorName(propagation);
        return policy;
    }
}
