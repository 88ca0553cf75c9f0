package io.saddlebag.livereload;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.camel.catalog.DefaultCamelCatalog;
import org.apache.camel.catalog.EndpointValidationResult;

/** Holds URI and parameters of each endpoint against what Camel's catalog says of its component. */
class EndpointCatalog {

    private final DefaultCamelCatalog catalog = new DefaultCamelCatalog(true);

    List<Finding> check(RouteFile file) {
        List<Finding> findings = new ArrayList<>();
        for (EndpointUse use : EndpointUse.of(file)) {
            if (use.uri().contains("${") || use.uri().startsWith("{{")) {
                continue; // known only when the route runs
            }
            EndpointValidationResult result =
                catalog.validateEndpointProperties(uri(use), false, use.isFrom(), !use.isFrom());
            // A bean that is not there is found by loading; here a text for an option of type Map passes for a reference.
            int references = result.getInvalidReference() == null ? 0 : result.getInvalidReference().size();
            if (result.getNumberOfErrors() > references) {
                findings.add(file.finding(use.at(), result.summaryErrorMessage(false).replaceAll("\\s+", " ")));
            }
        }
        return findings;
    }

    private static String uri(EndpointUse use) {
        String options = use.parameters().stream().filter(parameter -> parameter.value() != null)
            .map(parameter -> parameter.key() + "=" + encode(parameter.value())).collect(Collectors.joining("&"));
        return options.isEmpty() ? use.uri() : use.uri() + (use.uri().contains("?") ? "&" : "?") + options;
    }

    private static String encode(String value) {
        boolean placeholder = value.startsWith("{{") && value.endsWith("}}");
        return placeholder ? value : URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
