package io.saddlebag.trips;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.SetHeadersDefinition;
import org.apache.camel.model.SetVariablesDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.language.ExpressionDefinition;
import org.apache.camel.model.language.MethodCallExpression;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.springframework.aop.support.AopUtils;

/** Records the steps that run, and in which files a reader follows them. */
class StepRecorder implements InterceptStrategy {

    private static final Pattern CALLED = Pattern.compile("\\b([a-z_]+)\\s*\\(");
    private static final Pattern DEFINED = Pattern.compile("(?im)^CREATE OR REPLACE (?:FUNCTION|VIEW) ([a-z_]+)");
    private static final Pattern BEAN_FUNCTION = Pattern.compile("\\$\\{bean:([A-Za-z]+)");

    private final Map<String, String> functions = new TreeMap<>();
    private final List<Step> steps = new CopyOnWriteArrayList<>();

    private record Step(String origin, List<String> files) {
    }

    StepRecorder() {
        try (Stream<Path> files = Files.walk(Path.of("src/main/resources/db"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".sql") && !path.endsWith("schema.sql")).toList()) {
                DEFINED.matcher(Files.readString(file)).results().forEach(found -> functions.put(found.group(1), file.toString()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Processor wrapProcessorInInterceptors(CamelContext context, NamedNode node, Processor step, Processor next) {
        return new DelegateAsyncProcessor(step) {
            @Override
            public boolean process(Exchange exchange, AsyncCallback done) {
                Route from = context.getRoute(exchange.getFromRouteId());
                String origin = from == null ? "" : from.getEndpoint().getEndpointUri();
                steps.add(new Step(origin, files(node, exchange)));
                return super.process(exchange, done);
            }
        };
    }

    void clear() {
        steps.clear();
    }

    /**
     * @param origins how the endpoints begin by which messages of this trip come in; ticks of timers and other workers are not of it. Threads work at
     *                the same time: the steps of the first count first
     * @param last the file at which the trip ends: that of the statement which commits the row
     */
    Trip trip(String name, List<String> origins, String last) {
        List<String> visits = new ArrayList<>();
        origins.stream().flatMap(origin -> steps.stream().filter(step -> step.origin.startsWith(origin))).flatMap(step -> step.files.stream())
            .filter(file -> visits.isEmpty() || !visits.get(visits.size() - 1).equals(file)).forEach(visits::add);
        int end = visits.indexOf(last) + 1;
        assertThat(end).as("visit of " + last + " in " + visits).isPositive();
        Trip trip = new Trip(List.copyOf(visits.subList(0, end)));
        System.out.printf("%s: %d files, %d switches, %d visits%n", name, trip.files().size(), trip.switches(), end);
        trip.visits().forEach(file -> System.out.println("    " + file));
        return trip;
    }

    private List<String> files(NamedNode node, Exchange exchange) {
        Set<String> files = new LinkedHashSet<>();
        Set<String> beans = new LinkedHashSet<>();
        if (node instanceof BeanDefinition bean) {
            beans.add(bean.getRef());
        } else if (node instanceof ExpressionNode expression) {
            beans.addAll(beans(expression.getExpression()));
        } else if (node instanceof SetVariablesDefinition all) {
            all.getVariables().forEach(one -> beans.addAll(beans(one.getExpression())));
        } else if (node instanceof SetHeadersDefinition all) {
            all.getHeaders().forEach(one -> beans.addAll(beans(one.getExpression())));
        } else if (node instanceof ToDynamicDefinition to) {
            files.addAll(statement(exchange.getContext().resolveLanguage("simple").createExpression(to.getUri()).evaluate(exchange, String.class)));
        } else if (node instanceof ToDefinition to) {
            files.addAll(statement(to.getEndpointUri()));
        }
        beans.forEach(bean -> files.add(source(exchange, bean)));
        if (files.isEmpty()) {
            files.add(node.getLocation().replaceFirst("^file:", ""));
        }
        return List.copyOf(files);
    }

    private static List<String> beans(ExpressionDefinition expression) {
        if (expression instanceof MethodCallExpression call) {
            return List.of(call.getRef());
        }
        List<String> beans = new ArrayList<>();
        Matcher function = BEAN_FUNCTION.matcher(String.valueOf(expression.getExpression()));
        while (function.find()) {
            beans.add(function.group(1));
        }
        return beans;
    }

    private static String source(Exchange exchange, String bean) {
        Class<?> type = AopUtils.getTargetClass(exchange.getContext().getRegistry().lookupByName(bean));
        return "src/main/java/" + type.getName().replaceFirst("\\$.*", "").replace('.', '/') + ".java";
    }

    /** The SQL file, and the files of the functions that its statement, or the one in the route, calls. */
    private List<String> statement(String uri) {
        if (!uri.startsWith("sql:")) {
            return List.of();
        }
        List<String> files = new ArrayList<>();
        String text = uri;
        if (uri.startsWith("sql:file:")) {
            files.add(uri.replaceFirst("^sql:file:", "").replaceFirst("\\?.*", ""));
            try {
                text = Files.readString(Path.of(files.get(0)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        CALLED.matcher(text.replace("%20", " ")).results().map(found -> functions.get(found.group(1))).filter(file -> file != null)
            .forEach(files::add);
        return files;
    }
}
