package io.saddlebag.http;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.Locale;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Decides whether a request was sent on this machine on purpose: not forwarded by a proxy on the machine, and not sent by a browser for a page
 * of another site whose name leads here.
 */
public class LoopbackOnly implements RequestMatcher {

    private static final Pattern LOOPBACK = Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[(::1|0:0:0:0:0:0:0:1)])(:\\d{1,5})?");
    private static final Pattern NUMBER = Pattern.compile("[0-9.]+|[0-9a-f:.]*:[0-9a-f:.]*(%.*)?", Pattern.CASE_INSENSITIVE);
    /** Headers of proxies, caches and balancers that name the origin or the first target of a request. */
    private static final Pattern OF_A_PROXY = Pattern.compile(".*forward.*|via|cdn-loop|(true-|x-|x-cluster-)?client(-?ip|-addr.*)?|front-end-https"
        + "|(x-)?(real|connecting|originating|remote|source|user|peer|origin|end-user|coming-from)-?(ip|addr|address|host)|x-real-.*"
        + "|x-(original|rewrite|proxy|proxyuser|envoy|azure|arr|appengine|varnish|scheme|host|cloud|amzn|amz-cf|request-uri).*"
        + "|(cf|fastly|akamai|fly|incap|sucuri|do|x-vercel|x-nf)-.*");

    @Override
    public boolean matches(HttpServletRequest request) {
        return isLoopback(request.getRemoteAddr()) && isOurs(request.getHeader(HttpHeaders.HOST), request.getServerName())
            && request.getAttribute(ForwardedForValve.ATTRIBUTE) == null
            && Collections.list(request.getHeaderNames()).stream().map(name -> name.toLowerCase(Locale.ROOT))
                .noneMatch(name -> OF_A_PROXY.matcher(name).matches())
            && isSameOrigin(request);
    }

    private static boolean isOurs(String host, String server) {
        return LOOPBACK.matcher(host == null ? bracketed(server) : host.toLowerCase(Locale.ROOT)).matches();
    }

    private static String bracketed(String server) {
        return server.indexOf(':') >= 0 && !server.startsWith("[") ? "[" + server + "]" : server.toLowerCase(Locale.ROOT);
    }

    private static boolean isSameOrigin(HttpServletRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null) {
            return origin.equalsIgnoreCase(request.getScheme() + "://" + request.getHeader(HttpHeaders.HOST));
        }
        String site = request.getHeader("Sec-Fetch-Site"); // a request for a picture has no Origin
        return site == null || site.equals("same-origin") || site.equals("none") || "navigate".equals(request.getHeader("Sec-Fetch-Mode"));
    }

    private static boolean isLoopback(String address) {
        try {
            return NUMBER.matcher(address).matches() && InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
