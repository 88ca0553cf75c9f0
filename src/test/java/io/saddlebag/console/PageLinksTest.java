package io.saddlebag.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.thymeleaf.context.ExpressionContext;
import org.thymeleaf.spring6.SpringTemplateEngine;

/** The addresses in pages. */
class PageLinksTest {

    private final PageLinks links = new PageLinks();

    @ParameterizedTest
    @CsvSource({
        "/runs, /runs?org=9",
        "/runs?, /runs?org=9",
        "/runs?a=&b, /runs?org=9",
        "/runs?a=1&b=&c=3, /runs?a=1&c=3&org=9",
        "/runs?a=&b=2, /runs?b=2&org=9",
        "/runs?org=7, /runs?org=7",
        "/runs?a=1&org=7, /runs?a=1&org=7",
        "/push/t?key=SKU?1&org=7, /push/t?key=SKU?1&org=7",
        "/push/t?key=SKU?org=7, /push/t?key=SKU?org=7&org=9",
        "/push/t?key=?, /push/t?key=?&org=9",
        "/dead-letters/group?reason=Is%20it?Yes, /dead-letters/group?reason=Is%20it?Yes&org=9",
        "/act/api/alerts/test, /act/api/alerts/test?_org=9",
        "/docs/a.md?b=, /docs/a.md",
        "https://elsewhere.example/?a=1, https://elsewhere.example/?a=1"})
    void aParameterWithoutAValueIsLeftOutAndTheOrganisationIsKept(String link, String address) {
        assertThat(links.processLink(new ExpressionContext(new SpringTemplateEngine().getConfiguration(), Locale.ENGLISH, Map.of("org", "9")), link)).isEqualTo(address);
    }

    @ParameterizedTest
    @CsvSource({
        "/docs/troubleshooting.md#what, /docs/troubleshooting.md#what",
        "/runs?a=&b=2#part, /runs?b=2#part",
        "/runs#what?, /runs#what?"})
    void aPartOfAPageStaysAtTheEnd(String link, String address) {
        assertThat(links.processLink(new ExpressionContext(new SpringTemplateEngine().getConfiguration()), link)).isEqualTo(address);
    }
}
