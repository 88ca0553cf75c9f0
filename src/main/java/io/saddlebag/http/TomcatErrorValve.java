package io.saddlebag.http;

import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.valves.ErrorReportValve;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/** What Tomcat itself refuses, before any filter: told as every other error is, and not as a page of Tomcat's. */
public class TomcatErrorValve extends ErrorReportValve {

    @Override
    protected void report(Request request, Response response, Throwable failure) {
        int status = response.getStatus();
        if (status < HttpStatus.BAD_REQUEST.value() || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        HttpStatus known = HttpStatus.resolve(status);
        String title = known == null ? "Error" : known.getReasonPhrase();
        try {
            PlainPathFilter.addHeaders(response);
            response.setContentType("application/problem+json");
            response.getReporter().write(PlainPathFilter.problem(status, title, known == HttpStatus.BAD_REQUEST
                ? "The request is no HTTP that is understood here. " + PlainPathFilter.DETAIL : title));
            response.finishResponse();
        } catch (IOException | IllegalStateException gone) {
            // who asked waits for no answer
        }
    }

    @Component
    @Order(Ordered.LOWEST_PRECEDENCE)
    static class Customizer implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

        @Override
        public void customize(TomcatServletWebServerFactory factory) {
            factory.addContextCustomizers(context -> ((StandardHost) context.getParent()).setErrorReportValveClass(TomcatErrorValve.class.getName()));
        }
    }
}
