package io.saddlebag.http;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.accept.ContentNegotiationStrategy;
import org.springframework.web.accept.HeaderContentNegotiationStrategy;
import org.springframework.web.servlet.config.annotation.ContentNegotiationConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Every answer is UTF-8, whatever charset a request accepts. Without this, Actuator answers 500 to
 * {@code Accept: application/json;charset=ISO-8859-1}, which a monitor takes for a failed health check.
 */
@Component
class AcceptedTypes implements WebMvcConfigurer {

    @Override
    public void configureContentNegotiation(ContentNegotiationConfigurer configurer) {
        ContentNegotiationStrategy header = new HeaderContentNegotiationStrategy();
        configurer.strategies(List.of(request -> header.resolveMediaTypes(request).stream().map(AcceptedTypes::withoutCharset).toList()));
    }

    private static MediaType withoutCharset(MediaType type) {
        Map<String, String> others = type.getParameters().entrySet().stream().filter(parameter -> !parameter.getKey().equalsIgnoreCase("charset"))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        return others.size() == type.getParameters().size() ? type : new MediaType(type.getType(), type.getSubtype(), others);
    }
}
