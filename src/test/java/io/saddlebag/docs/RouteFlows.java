package io.saddlebag.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** The route files as they are written: which routes a file has, and who calls them. */
final class RouteFlows {

    private static final Path ROUTES = Path.of("routes");
    private static final Path JAVA = Path.of("src/main/java");
    /** direct:zoho-request, seda:webhook-wake?discardWhenFull=true */
    private static final Pattern CALL = Pattern.compile("(direct|seda):([a-z][a-z0-9-]*)");
    private static final Pattern JAVA_CALL = Pattern.compile("\"((?:direct|seda):[a-z][a-z0-9-]*)[\"?]");

    /**
     * @param comment the lines on top of the file
     * @param routes  in the order of the file
     */
    record Flow(Path path, String comment, List<Route> routes) {

        /** The file without its folder's name and its ending. */
        String name() {
            return ROUTES.relativize(path).toString().replace('\\', '/').replace(".camel.yaml", "");
        }

        String room() {
            return name().contains("/") ? name().replaceFirst("/.*", "") : "";
        }
    }

    /**
     * @param address direct:zoho-request and the like; of an entrance what starts it
     * @param calls   the addresses that it calls
     */
    record Route(String id, String description, String address, Set<String> calls) {

        boolean isEntrance() {
            return !address.startsWith("direct:");
        }
    }

    private final List<Flow> flows = new ArrayList<>();
    private final Map<String, Set<String>> callers = new TreeMap<>();

    static RouteFlows read() throws IOException {
        RouteFlows all = new RouteFlows();
        for (Path file : files(ROUTES, ".camel.yaml")) {
            all.flows.add(flow(file));
        }
        all.flows.forEach(flow -> flow.routes().forEach(route -> route.calls().forEach(call -> all.called(call, route.id()))));
        for (Path file : files(JAVA, ".java")) {
            String caller = file.getFileName().toString().replace(".java", "") + " (Java)";
            JAVA_CALL.matcher(Pages.read(file)).results().forEach(call -> all.called(call.group(1), caller));
        }
        return all;
    }

    List<Flow> flows() {
        return flows;
    }

    /** The routes and classes that call a route, by id. */
    Set<String> callers(Route route) {
        return callers.getOrDefault(route.address().replaceFirst("\\?.*", ""), Set.of());
    }

    private void called(String address, String caller) {
        callers.computeIfAbsent(address, any -> new TreeSet<>()).add(caller);
    }

    private static List<Path> files(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(path -> path.toString().endsWith(ending)).sorted().toList();
        }
    }

    private static Flow flow(Path file) {
        String text = Pages.read(file);
        StringBuilder comment = new StringBuilder();
        text.lines().takeWhile(line -> line.startsWith("#")).forEach(line -> comment.append(line.substring(1).strip()).append(' '));
        List<Route> routes = new ArrayList<>();
        for (Object entry : (List<?>) new Yaml().load(text)) {
            if (((Map<?, ?>) entry).get("route") instanceof Map<?, ?> route) {
                routes.add(route(route));
            }
        }
        return new Flow(file, comment.toString().strip(), routes);
    }

    private static Route route(Map<?, ?> route) {
        Map<?, ?> from = (Map<?, ?>) route.get("from");
        Set<String> calls = new TreeSet<>();
        route.forEach((key, value) -> collect(key.equals("from") ? from.get("steps") : value, calls));
        return new Route((String) route.get("id"), (String) route.get("description"), address(from), calls);
    }

    private static String address(Map<?, ?> from) {
        String uri = (String) from.get("uri");
        Map<?, ?> parameters = from.get("parameters") instanceof Map<?, ?> given ? given : Map.of();
        if (uri.startsWith("platform-http:")) {
            Object methods = parameters.get("httpMethodRestrict");
            return (methods == null ? "" : methods + " ") + uri.replace("platform-http:", "");
        }
        for (String time : List.of("cron", "period", "delay")) {
            if (parameters.get(time) != null) {
                return uri + ", " + time + " " + parameters.get(time);
            }
        }
        return uri;
    }

    private static void collect(Object node, Set<String> calls) {
        if (node instanceof Map<?, ?> map) {
            map.values().forEach(value -> collect(value, calls));
        } else if (node instanceof List<?> list) {
            list.forEach(value -> collect(value, calls));
        } else if (node instanceof String text) {
            Matcher call = CALL.matcher(text);
            while (call.find()) {
                calls.add(call.group());
            }
        }
    }
}
