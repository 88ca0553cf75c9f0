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

/** Answers requests that Tomcat refuses before any filter, in the same form as all other errors. */
public class TomcatErrorValve extends ErrorReportValve {

    /** Like the error page of the console, which only filters and what comes after them can show. */
    private static final String PAGE = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <meta name="color-scheme" content="light dark">
          <title>%1$s – Saddlebag</title>
          <link rel="icon" href="data:,">
          <link rel="stylesheet" href="/assets/console.css">
        </head>
        <body class="login">
        <main id="content">
          <h1>%1$s</h1>
          <p class="said bad" role="alert">%2$s</p>
          <p><a href="/">Back to the overview</a></p>
        </main>
        </body>
        </html>
        """;

    @Override
    protected void report(Request request, Response response, Throwable failure) {
        int status = response.getStatus();
        if (status < HttpStatus.BAD_REQUEST.value() || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        HttpStatus known = HttpStatus.resolve(status);
        String title = known == null ? "Error" : known.getReasonPhrase();
        String detail = known == HttpStatus.BAD_REQUEST ? "The request is no HTTP that is understood here. " + PlainPathFilter.DETAIL : title;
        boolean page = PlainPathFilter.isBrowser(request);
        try {
            PlainPathFilter.addHeaders(response);
            response.setContentType(page ? "text/html;charset=UTF-8" : "application/problem+json");
            response.getReporter().write(page ? PAGE.formatted(title, detail) : PlainPathFilter.problem(status, title, detail));
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
