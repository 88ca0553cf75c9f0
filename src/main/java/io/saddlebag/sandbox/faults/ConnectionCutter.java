package io.saddlebag.sandbox.faults;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Closes a connection before its answer is complete, which a servlet cannot do. The client has got what was flushed before.
 */
public final class ConnectionCutter extends ValveBase {

    private static final String ATTRIBUTE = ConnectionCutter.class.getName();

    public ConnectionCutter() {
        super(true);
    }

    /** Marks the call's connection to be closed when its route ends, in good order or by a TCP reset. */
    public static void cut(HttpServletRequest http, boolean reset) {
        http.setAttribute(ATTRIBUTE, reset);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        getNext().invoke(request, response);
        // The first pass only starts the route. The pass after its end fails, and Tomcat closes the connection.
        Object reset = request.getAttribute(ATTRIBUTE);
        if (reset != null && !request.isAsync()) {
            if (reset.equals(true) && request.getConnector().getProtocolHandler() instanceof ResettableHttp http) {
                http.resetOnClose(request.getRemotePort());
            }
            throw new IOException("cut by a fault of the sandbox");
        }
    }
}
