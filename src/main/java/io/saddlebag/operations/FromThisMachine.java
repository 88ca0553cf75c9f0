package io.saddlebag.operations;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** Whether a request was sent on this machine and not only passed on by a proxy on it. */
class FromThisMachine implements RequestMatcher {

    @Override
    public boolean matches(HttpServletRequest request) {
        try {
            return InetAddress.getByName(request.getRemoteAddr()).isLoopbackAddress()
                && request.getHeader("X-Forwarded-For") == null && request.getHeader("Forwarded") == null;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
