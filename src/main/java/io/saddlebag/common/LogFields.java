package io.saddlebag.common;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.springframework.boot.json.JsonWriter;
import org.springframework.boot.logging.structured.StructuredLoggingJsonMembersCustomizer;
import org.springframework.core.env.Environment;

/**
 * Adds to each JSON line the organisation, the run and the route of the exchange that the logging thread works on. Unlike Camel's MDC, which
 * copies its keys before every step of every route, this asks the exchange only when a line is written.
 */
public class LogFields implements StructuredLoggingJsonMembersCustomizer<ILoggingEvent> {

    /** A request may name an organisation as it likes before it is looked up. */
    private static final Pattern ORG = Pattern.compile("[0-9]{1,30}|pending-[0-9]{1,20}");

    private final String prefix;

    /** @param environment with the format: GELF wants an underscore before the names of further fields */
    public LogFields(Environment environment) {
        this.prefix = "gelf".equals(environment.getProperty(LogFormat.PROPERTY)) ? "_" : "";
    }

    @Override
    public void customize(JsonWriter.Members<ILoggingEvent> members) {
        add(members, "org", LogFields::org);
        add(members, "run", LogFields::run);
        add(members, "route", exchange -> exchange.getUnitOfWork().getRoute() == null ? null : exchange.getUnitOfWork().getRoute().getRouteId());
    }

    private void add(JsonWriter.Members<ILoggingEvent> members, String name, Function<Exchange, Object> value) {
        members.add(prefix + name, line -> {
            Exchange exchange = LoggedExchange.current();
            return exchange == null ? null : value.apply(exchange);
        }).whenNotNull();
    }

    private static String org(Exchange exchange) {
        return exchange.getVariable("org") instanceof String org && ORG.matcher(org).matches() ? org : null;
    }

    /** The run that works, or that is being started. */
    private static Number run(Exchange exchange) {
        Object id = exchange.getVariable("runId");
        if (id == null && exchange.getVariable("run") instanceof Map<?, ?> run) {
            id = run.get("run_id");
        }
        return id instanceof Number number ? number : null;
    }
}
