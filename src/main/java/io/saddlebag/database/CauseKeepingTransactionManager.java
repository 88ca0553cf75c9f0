package io.saddlebag.database;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.TransactionSystemException;

/**
 * Lets a rollback that fails not take the place of its reason. It fails when the error before it has ended the connection, and then
 * the server has rolled back by itself; "Connection is closed" would be all that anybody is told.
 */
record CauseKeepingTransactionManager(PlatformTransactionManager transactions) implements PlatformTransactionManager {

    private static final Logger LOG = LoggerFactory.getLogger(CauseKeepingTransactionManager.class);

    @Override
    public TransactionStatus getTransaction(TransactionDefinition definition) {
        return transactions.getTransaction(definition);
    }

    @Override
    public void commit(TransactionStatus status) {
        transactions.commit(status);
    }

    @Override
    public void rollback(TransactionStatus status) {
        try {
            transactions.rollback(status);
        } catch (TransactionSystemException | DataAccessException e) {
            LOG.debug("Not rolled back by us", e);
        }
    }
}
