package io.saddlebag.connect;

import static org.springframework.web.util.HtmlUtils.htmlEscape;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.stereotype.Component;

/** Answers a consent with a page, or with JSON if the request accepts only that. The variable request is the servlet's. */
@Component("oauthPage")
public class OauthPage {

    private static final String PAGE = """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
        <title>Saddlebag: %1$s</title><link rel="icon" href="data:,">
        <link rel="stylesheet" href="/assets/console.css"></head>
        <body><main><h1>%1$s</h1>
        <section>%2$s</section>
        <p><a href="/connections">Connections</a></p></main>
        </body></html>
        """;
    private static final Map<String, String> TITLES =
        Map.of("connected", "Connected", "choose", "Choose an organisation", "wrong-organisation", "Not connected");

    private final ObjectMapper json = new ObjectMapper().setSerializationInclusion(JsonInclude.Include.NON_EMPTY);

    /** @return the page or the JSON of a result; sets the status and the variable contentType */
    public String of(@Body ConsentResult result, @Variable("request") HttpServletRequest http, Exchange exchange)
            throws JsonProcessingException {
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, result.httpStatus());
        if (isJsonAsked(http)) {
            return json.writeValueAsString(result);
        }
        return page(exchange, TITLES.get(result.status()), paragraph(result.detail())
            + result.notes().stream().map(OauthPage::paragraph).collect(Collectors.joining())
            + (result.choice() == null ? list(result.organisations()) : form(result, http)));
    }

    /**
     * @param again the address of a further attempt; null if there is none
     * @return the page of a problem, or the problem itself where JSON is requested
     */
    public String problem(@Body String problem, @Variable("request") HttpServletRequest http, @Variable("again") String again, Exchange exchange)
            throws JsonProcessingException {
        if (isJsonAsked(http)) {
            return problem;
        }
        JsonNode answer = json.readTree(problem);
        return page(exchange, answer.get("title").asText(), paragraph(answer.get("detail").asText())
            + (again == null ? "" : "<p><a class=\"mend\" href=\"" + htmlEscape(again) + "\">Connect again</a></p>"));
    }

    private static String page(Exchange exchange, String title, String content) {
        exchange.setVariable("contentType", "text/html;charset=utf-8");
        return PAGE.formatted(htmlEscape(title), content);
    }

    private static String paragraph(String text) {
        return "<p>" + htmlEscape(text) + "</p>";
    }

    private static String list(List<Map<String, String>> organisations) {
        return organisations.stream().map(one -> "<li>" + named(one) + "</li>").collect(Collectors.joining("", "<ul>", "</ul>"));
    }

    private static String named(Map<String, String> organisation) {
        return htmlEscape(organisation.get("name") + " (" + organisation.get("orgId") + ")");
    }

    private static String form(ConsentResult result, HttpServletRequest http) {
        CsrfToken token = (CsrfToken) http.getAttribute(CsrfToken.class.getName());
        return "<form method=\"post\" action=\"choose\">" + hidden(token.getParameterName(), token.getToken())
            + hidden("choice", result.choice())
            + result.organisations().stream().map(one -> "<p><label><input type=\"radio\" name=\"orgId\" required value=\""
                + htmlEscape(one.get("orgId")) + "\"> " + named(one) + "</label></p>").collect(Collectors.joining())
            + "<button>Connect</button></form>";
    }

    private static String hidden(String name, String value) {
        return "<input type=\"hidden\" name=\"" + htmlEscape(name) + "\" value=\"" + htmlEscape(value) + "\">";
    }

    private static boolean isJsonAsked(HttpServletRequest http) {
        try {
            List<MediaType> accepted = MediaType.parseMediaTypes(http.getHeader("Accept"));
            return accepted.stream().anyMatch(type -> type.getSubtype().matches("(problem\\+)?json"))
                && accepted.stream().noneMatch(type -> type.getSubtype().equals("html"));
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }
}
