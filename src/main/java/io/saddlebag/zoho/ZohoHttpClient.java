package io.saddlebag.zoho;

import java.time.Duration;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.spi.ComponentCustomizer;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/** Gives Camel's HTTP client a limit for the time of a whole exchange and for the size of an answer. */
@Component
class ZohoHttpClient implements ComponentCustomizer {

    private final DeadlineExecHandler deadline;

    ZohoHttpClient(@Value("${zoho.http-timeout}") Duration timeout, @Value("${zoho.token-timeout}") Duration tokenTimeout,
            @Value("${zoho.longest-answer}") DataSize longest) {
        deadline = new DeadlineExecHandler(timeout, tokenTimeout, Math.toIntExact(longest.toBytes()));
    }

    @Override
    public void configure(String name, org.apache.camel.Component component) {
        if (component instanceof HttpComponent http) {
            http.setHttpClientConfigurer(this::configure);
            http.setResponsePayloadStreamingThreshold(Integer.MAX_VALUE); // the answer is in memory already
        }
    }

    void configure(HttpClientBuilder client) {
        client.addExecInterceptorFirst("deadline", deadline);
    }
}
