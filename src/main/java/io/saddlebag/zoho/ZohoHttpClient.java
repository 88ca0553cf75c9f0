package io.saddlebag.zoho;

import java.time.Duration;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/** Gives Camel's HTTP client a whole time-out and a longest answer; named in camel.component.http. */
@Component("zohoHttpClient")
class ZohoHttpClient implements HttpClientConfigurer {

    private final WholeAnswer wholeAnswer;

    ZohoHttpClient(@Value("${zoho.http-timeout}") Duration timeout, @Value("${zoho.token-timeout}") Duration tokenTimeout,
            @Value("${zoho.longest-answer}") DataSize longest) {
        wholeAnswer = new WholeAnswer(timeout, tokenTimeout, Math.toIntExact(longest.toBytes()));
    }

    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        client.addExecInterceptorFirst("whole-answer", wholeAnswer);
    }
}
