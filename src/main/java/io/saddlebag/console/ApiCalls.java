package io.saddlebag.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Message;
import org.apache.camel.Route;
import org.apache.camel.StatefulService;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.apache.camel.support.DefaultConsumer;
import org.springframework.http.server.PathContainer;
import org.springframework.stereotype.Component;
import org.springframework.ui.Model;
import org.springframework.web.util.UriComponents;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Calls an address of the API inside this process, through the route that serves the address over HTTP: so requests, errors and answers are the same. The
 * caller is the user whose browser sent the request. What that user may call is decided elsewhere.
 */
@Component
class ApiCalls {

    private final CamelContext camel;
    private final ObjectMapper json = new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .registerModule(new SimpleModule().addAbstractTypeMapping(Map.class, JsonObject.class));
    private final Map<String, PathPattern> patterns = new ConcurrentHashMap<>();

    ApiCalls(CamelContext camel) {
        this.camel = camel;
    }

    /** @param address path and query of the API, encoded as in a link */
    ApiAnswer get(HttpServletRequest browser, String address) {
        return call(browser, "GET", address, null);
    }

    /** Reads an address for a page. @return the answer; the page's model has it as "answer", and its JSON under the given name */
    ApiAnswer show(HttpServletRequest browser, String address, Model page, String name) {
        ApiAnswer answer = get(browser, address);
        page.addAttribute("answer", answer);
        page.addAttribute(name, answer.body());
        return answer;
    }

    /**
     * @param type media type to ask for, such as text/csv
     * @return an answer with text
     */
    ApiAnswer export(HttpServletRequest browser, String address, String type) {
        return call(browser, "GET", address, type, null);
    }

    /**
     * @param body JSON text; null for none
     * @return the answer of the route; 404 where no route serves the address, 503 where it is not running
     */
    ApiAnswer call(HttpServletRequest browser, String method, String address, String body) {
        return call(browser, method, address, "application/json", body);
    }

    private ApiAnswer call(HttpServletRequest browser, String method, String address, String accept, String body) {
        UriComponents uri = UriComponentsBuilder.fromUriString(address).build();
        Map<String, String> parameters = new LinkedHashMap<>();
        try {
            uri.getQueryParams().forEach((name, values) -> parameters.put(name, decoded(values.get(0))));
        } catch (IllegalArgumentException e) {
            return problem(address, 400, "A parameter cannot be decoded: " + e.getMessage() + ". Write % as %25");
        }
        PathContainer path = PathContainer.parsePath(uri.getPath());
        Route route = camel.getRoutes().stream().filter(one -> serves(one, method, path))
            .min(Comparator.comparing(this::pattern)).orElse(null);
        if (route == null) {
            return problem(address, 404, "There is nothing at " + method + " " + uri.getPath());
        }
        DefaultConsumer consumer = (DefaultConsumer) route.getConsumer();
        if (!((StatefulService) consumer).isStarted()) {
            return problem(address, 503, "The route behind this address is suspended or not yet started; try again later");
        }
        Exchange exchange = consumer.createExchange(false);
        try {
            exchange.setPattern(ExchangePattern.InOut);
            Message request = exchange.getMessage();
            HeaderFilterStrategy filter = ((PlatformHttpEndpoint) route.getEndpoint()).getHeaderFilterStrategy();
            parameters.forEach((name, value) -> {
                // as over HTTP: a header such as CamelSqlQuery would give orders to Camel's components
                if (!filter.applyFilterToExternalHeaders(name, value, exchange)) {
                    request.setHeader(name, value);
                }
            });
            pattern(route).matchAndExtract(path).getUriVariables().forEach(request::setHeader);
            request.setHeader(Exchange.HTTP_METHOD, method);
            request.setHeader(Exchange.HTTP_PATH, uri.getPath());
            request.setHeader(Exchange.HTTP_QUERY, uri.getQuery());
            request.setHeader("Accept", accept);
            request.setHeader("CamelHttpServletRequest", browser);
            if (body != null) {
                request.setHeader(Exchange.CONTENT_TYPE, "application/json");
            }
            // never null, or the route would read the browser's form instead
            request.setBody(new ByteArrayInputStream(body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8)));
            return answered(address, consumer, exchange);
        } finally {
            consumer.releaseExchange(exchange, false);
        }
    }

    private ApiAnswer answered(String address, DefaultConsumer consumer, Exchange exchange) {
        try {
            consumer.createUoW(exchange);
            try {
                consumer.getProcessor().process(exchange);
                Message answer = exchange.getMessage();
                String text = answer.getBody(String.class);
                String type = answer.getHeader(Exchange.CONTENT_TYPE, "", String.class);
                boolean isObject = text != null && text.startsWith("{") && !type.contains("ndjson");
                return new ApiAnswer(address, answer.getHeader(Exchange.HTTP_RESPONSE_CODE, 200, Integer.class),
                    isObject ? json.readValue(text, JsonObject.class) : new JsonObject(), answer.getHeader("Location", String.class), type,
                    answer.getHeader("Link", String.class), text);
            } finally {
                consumer.doneUoW(exchange);
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The answer of " + exchange.getFromRouteId() + " is not a JSON object", e);
        } catch (Exception e) { // the route has its own error handler, so this is a failure of Camel itself
            throw new IllegalStateException("Route " + exchange.getFromRouteId() + " gave no answer", e);
        }
    }

    private boolean serves(Route route, String method, PathContainer path) {
        return route.getEndpoint() instanceof PlatformHttpEndpoint endpoint && endpoint.getPath().startsWith("/api/")
            && (endpoint.getHttpMethodRestrict() == null || List.of(endpoint.getHttpMethodRestrict().split(",")).contains(method)) && pattern(route).matches(path);
    }

    private PathPattern pattern(Route route) {
        return patterns.computeIfAbsent(((PlatformHttpEndpoint) route.getEndpoint()).getPath(), PathPatternParser.defaultInstance::parse);
    }

    private static String decoded(String value) {
        return value == null ? "" : URLDecoder.decode(value, StandardCharsets.UTF_8);
    }

    static ApiAnswer problem(String address, int status, String detail) {
        JsonObject problem = new JsonObject();
        problem.put("detail", detail);
        return new ApiAnswer(address, status, problem, null, "text/plain", null, detail);
    }
}
