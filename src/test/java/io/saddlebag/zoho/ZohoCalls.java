package io.saddlebag.zoho;

import io.saddlebag.common.FailureReason;
import io.saddlebag.testkit.SaddlebagServer;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/** Calls the Zoho client as a route does, without the redelivery of a caller. */
record ZohoCalls(SaddlebagServer saddlebag) {

    /** @return the exchange after the call; its exception says what came of it */
    Exchange call(String org, String path) {
        return send("direct:zoho-request", Map.of("org", org, "purpose", "check", "method", "GET", "path", path, "query", "page=1"));
    }

    Exchange call(String path) {
        return call(SaddlebagServer.ORG, path);
    }

    Exchange send(String route, Map<String, Object> variables) {
        return saddlebag.bean(ProducerTemplate.class).request(route, exchange -> variables.forEach(exchange::setVariable));
    }

    /** What a call failed with; null when it brought an answer. */
    static ZohoException failure(Exchange exchange) {
        return exchange.getException() == null ? null : FailureReason.find(ZohoException.class, exchange.getException());
    }
}
