package io.saddlebag.database;

import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.TransactedPolicy;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Commits the steps of a route if none fails, and otherwise rolls all back. Camel's own policy marks the exchange of a rolled-back transaction,
 * and with these marks no error handler of a caller would answer the failure; this one leaves only the exception. It belongs into a called route,
 * whose steps have no error handler that could hide a failure from it.
 */
record AllOrNothing(TransactionTemplate transaction) implements TransactedPolicy {

    @Override
    public void beforeWrap(Route route, NamedNode definition) {
        // nothing to prepare
    }

    @Override
    public Processor wrap(Route route, Processor steps) {
        return exchange -> transaction.executeWithoutResult(status -> {
            exchange.getUnitOfWork().beginTransactedBy(this); // so that all steps stay on this thread, to which the connection is bound
            try {
                carryOut(steps, exchange, status);
            } finally {
                exchange.getUnitOfWork().endTransactedBy(this);
            }
        });
    }

    private static void carryOut(Processor steps, Exchange exchange, TransactionStatus status) {
        try {
            steps.process(exchange);
        } catch (Exception e) {
            exchange.setException(e);
        }
        if (exchange.isFailed()) {
            status.setRollbackOnly();
        }
    }
}
