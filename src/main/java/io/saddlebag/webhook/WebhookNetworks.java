package io.saddlebag.webhook;

import io.saddlebag.common.BadSettingException;
import io.saddlebag.common.Settings;
import java.util.Arrays;
import java.util.List;
import org.springframework.security.web.util.matcher.IpAddressMatcher;

/** The networks that may send webhooks; if none is set, any address may. */
record WebhookNetworks(List<IpAddressMatcher> networks) {

    static final String SETTING = "saddlebag.webhook.networks";

    /** @throws BadSettingException if one of them is not a network */
    static WebhookNetworks of(Settings settings) {
        return new WebhookNetworks(Arrays.stream(settings.text(SETTING).split(",")).map(String::strip).filter(network -> !network.isEmpty())
            .map(WebhookNetworks::network).toList());
    }

    /** @param address numeric address of the sender; some proxies add its port. An invalid address is in no network */
    boolean admit(String address) {
        String numbers = address.replaceFirst("^([0-9.]+):[0-9]+$|^\\[(.+)](:[0-9]+)?$", "$1$2");
        try {
            return networks.isEmpty() || networks.stream().anyMatch(network -> network.matches(numbers));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static IpAddressMatcher network(String network) {
        try {
            if (network.matches("(([0-9]{1,3}\\.){3}[0-9]{1,3}|[0-9A-Fa-f.]*:[0-9A-Fa-f.:]+)(/[0-9]{1,3})?")) {
                return new IpAddressMatcher(network);
            }
        } catch (IllegalArgumentException e) {
            // reported below
        }
        throw new BadSettingException(SETTING, Settings.quoted(network) + " is no network",
            "Write such as 203.0.113.0/24, with commas between several");
    }
}
