package io.saddlebag.sandbox;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/** Hands every call of the sandbox the means to close its connection at once, which no servlet can do by itself. */
final class ConnectionCutter extends ValveBase {

    private static final String ATTRIBUTE = ConnectionCutter.class.getName();

    ConnectionCutter() {
        super(true);
    }

    /** Closes the connection of this call; what is not flushed is lost. */
    static Runnable of(HttpServletRequest http) {
        return (Runnable) http.getAttribute(ATTRIBUTE);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        if (request.getRequestURI().startsWith("/sandbox/")) {
            Runnable cut = () -> response.getCoyoteResponse().action(ActionCode.CLOSE_NOW, null);
            request.setAttribute(ATTRIBUTE, cut);
        }
        getNext().invoke(request, response);
    }
}
