package io.saddlebag.database;

import org.apache.camel.Exchange;
import org.apache.camel.ExchangeExtension;
import org.springframework.stereotype.Component;

/**
 * What Camel's transaction error handler leaves behind on an exchange whose transaction it rolled back: marks by which no
 * error handler further out would touch a failure of that exchange again.
 */
@Component("transactionFailure")
public class TransactionFailure {

    /** Takes the marks back, so that later failures of the exchange are handled as usual. */
    public static void settle(Exchange exchange) {
        ExchangeExtension marks = exchange.getExchangeExtension();
        marks.setFailureHandled(false);
        marks.setErrorHandlerHandled(null);
        marks.setRedeliveryExhausted(false);
        exchange.setRollbackOnly(false);
    }

    /** Throws once more what a transaction was rolled back for, now for the caller's error handler. */
    public void rethrow(Exchange exchange) throws Exception {
        settle(exchange);
        throw exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
    }
}
