package io.saddlebag.database;

import org.apache.camel.Exchange;
import org.apache.camel.ExchangeExtension;
import org.springframework.stereotype.Component;

/**
 * Clears the marks that the error handler of an inner route, such as Camel's transaction error handler, leaves on an exchange. With these marks
 * no outer error handler would handle a failure of the exchange.
 */
@Component("transactionFailure")
public class TransactionFailure {

    /** Clears the marks, so that later failures of the exchange are handled as usual. */
    public static void settle(Exchange exchange) {
        ExchangeExtension marks = exchange.getExchangeExtension();
        marks.setFailureHandled(false);
        marks.setErrorHandlerHandled(null);
        marks.setRedeliveryExhausted(false);
        exchange.setRollbackOnly(false);
    }

    /** Throws the exception of a rolled-back transaction again, for the caller's error handler. */
    public void rethrow(Exchange exchange) throws Exception {
        settle(exchange);
        throw exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
    }
}
