package io.saddlebag.console;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.web.util.UriUtils;
import org.thymeleaf.context.IExpressionContext;
import org.thymeleaf.linkbuilder.StandardLinkBuilder;

/**
 * Builds addresses in pages. A parameter without a value is left out. The page's organisation is kept: a link to another page has it as {@code org}, a button as
 * {@code _org}, which {@link ConsoleActions} uses to return to the page.
 */
final class PageLinks extends StandardLinkBuilder {

    /** A value of the query may have a question mark. */
    private static final Pattern PARTS = Pattern.compile("(?<path>[^?#]*)(?:\\?(?<query>[^#]*))?(?<part>.*)", Pattern.DOTALL);
    private static final Pattern PAGE = Pattern.compile("/(?!(assets|docs|export|events|oauth|login|logout|actuator|openapi\\.yaml)\\b).*");

    @Override
    protected String processLink(IExpressionContext context, String link) {
        Matcher parts = PARTS.matcher(link);
        String query = !parts.matches() || parts.group("query") == null ? ""
            : Arrays.stream(parts.group("query").split("&")).filter(parameter -> parameter.matches("[^=]+=.+")).collect(Collectors.joining("&"));
        String address = parts.group("path") + (query.isEmpty() ? "" : "?" + query) + parts.group("part");
        Object org = context.getVariable("org");
        return org == null || !PAGE.matcher(address).matches() ? address : with(address, address.startsWith("/act/") ? "_org" : "org", org.toString());
    }

    /** @return the address with this parameter added, unless the address already has the parameter */
    static String with(String address, String parameter, String value) {
        return address.matches("[^?]*\\?(.*&)?" + parameter + "=.*") ? address
            : address + (address.contains("?") ? "&" : "?") + parameter + "=" + UriUtils.encode(value, StandardCharsets.UTF_8);
    }
}
