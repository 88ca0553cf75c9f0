package io.saddlebag.zoho.connection;

import io.saddlebag.common.BadSettingException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The hosts of Zoho's data centres. They are taken from Zoho's documents: "Multi DC" of Zoho Accounts and of Zoho CRM version 8, and the introduction of
 * the Zoho Inventory API. The API host of uk follows the pattern of the others but is in none of these documents; if it is wrong, ZOHO_API_URL can name
 * another.
 */
public enum ZohoRegion {
    US("https://accounts.zoho.com", "https://www.zohoapis.com"),
    EU("https://accounts.zoho.eu", "https://www.zohoapis.eu"),
    IN("https://accounts.zoho.in", "https://www.zohoapis.in"),
    AU("https://accounts.zoho.com.au", "https://www.zohoapis.com.au"),
    JP("https://accounts.zoho.jp", "https://www.zohoapis.jp"),
    CA("https://accounts.zohocloud.ca", "https://www.zohoapis.ca"),
    CN("https://accounts.zoho.com.cn", "https://www.zohoapis.com.cn"),
    SA("https://accounts.zoho.sa", "https://www.zohoapis.sa"),
    UK("https://accounts.zoho.uk", "https://www.zohoapis.uk");

    private final String accountsUrl;
    private final String apiUrl;

    ZohoRegion(String accountsUrl, String apiUrl) {
        this.accountsUrl = accountsUrl;
        this.apiUrl = apiUrl;
    }

    /** The address of the OAuth server, without a slash at its end. */
    public String accountsUrl() {
        return accountsUrl;
    }

    /** The address of the APIs of all Zoho products, without a slash at its end. */
    public String apiUrl() {
        return apiUrl;
    }

    /**
     * @param text a region's two letters, or the end of its host names such as com.au; small or capital
     * @throws BadSettingException for any other text
     */
    public static ZohoRegion of(String text) {
        String name = text.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
            .filter(region -> name.equals(region.toString()) || region.apiUrl.equals("https://www.zohoapis." + name))
            .findFirst()
            .orElseThrow(() -> new BadSettingException("ZOHO_REGION", '"' + text + "\" is no region of Zoho",
                "Use one of " + Arrays.stream(values()).map(ZohoRegion::toString).collect(Collectors.joining(", "))));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
