package io.saddlebag.operations;

import io.saddlebag.common.Settings;
import jakarta.servlet.http.HttpServletRequest;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriComponentsBuilder;

/** How the world reaches this server: as SADDLEBAG_PUBLIC_URL has it, else as a request came, through proxies that are trusted. */
@Component
@Profile("!sandbox")
public class PublicUrl {

    private static final int UNIQUE_LOCAL = 0xFC;

    private final Settings settings;

    PublicUrl(Environment environment) {
        this.settings = new Settings(environment);
    }

    /** @return the address without a slash at its end */
    public String of(HttpServletRequest http) {
        String given = settings.text("saddlebag.public-url").replaceAll("/+$", "");
        return !given.isEmpty() ? given : UriComponentsBuilder.fromUriString(http.getRequestURL().toString())
            .replacePath(null).replaceQuery(null).toUriString();
    }

    /**
     * Told by the name alone: what DNS answers here is not what it answers Zoho.
     *
     * @return whether nobody but this machine or its network can reach an address
     */
    static boolean isPrivate(String url) {
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

    /** @return whether an address is on this machine, as a sandbox or a simulator is: what runs there reaches us */
    static boolean isLoopback(String url) {
        return url.matches("https?://(localhost|127(\\.\\d{1,3}){3}|\\[::1])([:/].*)?");
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
