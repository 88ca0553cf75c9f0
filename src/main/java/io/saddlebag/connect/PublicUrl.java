package io.saddlebag.connect;

import io.saddlebag.common.Settings;
import io.saddlebag.problem.ApiException;
import jakarta.servlet.http.HttpServletRequest;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.catalina.Globals;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The public address of this server: SADDLEBAG_PUBLIC_URL, else the host of the request if it is this machine, one of
 * SADDLEBAG_HOSTS or the X-Forwarded-Host of a trusted proxy. No other host is trusted, because anybody can write one into a request.
 */
@Component
public class PublicUrl {

    private static final int UNIQUE_LOCAL = 0xFC;

    private final Settings settings;

    PublicUrl(Environment environment) {
        this.settings = new Settings(environment);
    }

    /**
     * @return the address without a slash at its end
     * @throws ApiException when the host of the request is not trusted
     */
    public String of(HttpServletRequest http) {
        String given = settings.text("saddlebag.public-url").replaceAll("/+$", "");
        if (!given.isEmpty()) {
            return given;
        }
        String asked = UriComponentsBuilder.fromUriString(http.getRequestURL().toString()).replacePath(null).replaceQuery(null).toUriString();
        if (!isLoopback(asked) && !isVouchedFor(http) && !hosts().contains(asked.replaceFirst("https?://", ""))
                && !hosts().contains(http.getServerName().toLowerCase(Locale.ROOT))) {
            throw new ApiException(409, "This request was sent to " + asked + ", and no setting names it as an address of Saddlebag. Set "
                + "SADDLEBAG_PUBLIC_URL to the public https address of this server, or add the host to SADDLEBAG_HOSTS",
                Map.of());
        }
        return asked;
    }

    /** @return the missing setting without which only this machine can connect and register webhooks; null where it is set */
    public String hint() {
        return settings.given("saddlebag.public-url") || settings.given("saddlebag.hosts") ? null
            : "Neither SADDLEBAG_PUBLIC_URL nor SADDLEBAG_HOSTS is set, so connecting and registering webhooks work only through localhost. Set "
                + "SADDLEBAG_PUBLIC_URL to the public https address of this server";
    }

    /** @return whether other machines reach the server without a proxy on this machine */
    public boolean isListeningBeyondThisMachine() {
        String address = settings.text("server.address");
        return !address.isEmpty() && !isLoopback("http://" + (address.contains(":") ? "[" + address + "]" : address));
    }

    /** Only X-Forwarded-Host of a trusted proxy counts; anybody can write the Host header that the proxy passes on. */
    private static boolean isVouchedFor(HttpServletRequest http) {
        return Boolean.TRUE.equals(http.getAttribute(Globals.REQUEST_FORWARDED_ATTRIBUTE)) && http.getHeader("X-Forwarded-Host") != null;
    }

    private List<String> hosts() {
        return Arrays.stream(settings.text("saddlebag.hosts").toLowerCase(Locale.ROOT).split(",")).map(String::strip).toList();
    }

    /**
     * Decided by the name alone, because DNS may answer Zoho differently.
     *
     * @return whether only this machine or its network can reach an address
     */
    public static boolean isPrivate(String url) {
        String host = URI.create(url).getHost();
        if (host == null) {
            return true;
        }
        String name = host.toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]", "");
        if (name.matches("[0-9.]+") || name.contains(":")) {
            return isPrivateNumber(name);
        }
        return !name.contains(".") || name.matches(".*\\.(localhost|local|internal|lan|home|test|invalid)");
    }

    /** @return whether an address is on this machine, like that of the sandbox or a simulator, which can reach a private address */
    public static boolean isLoopback(String url) {
        return url.matches("(?i)https?://(localhost|127(\\.\\d{1,3}){3}|\\[::1])([:/].*)?");
    }

    private static boolean isPrivateNumber(String number) {
        try {
            InetAddress address = InetAddress.getByName(number);
            return address.isLoopbackAddress() || address.isSiteLocalAddress() || address.isLinkLocalAddress() || address.isAnyLocalAddress()
                || address instanceof Inet6Address && (address.getAddress()[0] & 0xFE) == UNIQUE_LOCAL;
        } catch (UnknownHostException e) {
            return true;
        }
    }
}
