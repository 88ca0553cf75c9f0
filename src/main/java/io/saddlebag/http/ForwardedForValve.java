package io.saddlebag.http;

import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Notes that a request came with X-Forwarded-For, before Tomcat believes the header of a trusted proxy and takes it out. */
public class ForwardedForValve extends ValveBase {

    /** Attribute, there where a proxy passed the request on. */
    public static final String ATTRIBUTE = ForwardedForValve.class.getName();

    ForwardedForValve() {
        super(true); // routes answer asynchronously
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        if (request.getHeader("X-Forwarded-For") != null) {
            request.setAttribute(ATTRIBUTE, true);
        }
        getNext().invoke(request, response);
    }

    /** Before that of Spring Boot, which adds the valve that believes proxies. */
    @Component
    @Order(Ordered.HIGHEST_PRECEDENCE)
    static class Customizer implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

        @Override
        public void customize(TomcatServletWebServerFactory factory) {
            factory.addEngineValves(new ForwardedForValve());
        }
    }
}
