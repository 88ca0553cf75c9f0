package io.saddlebag.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** The variables of exchanges, by name: the flows, statements and classes that set and read each. */
final class RouteVariables {

    /**
     * @param setBy  flows and classes
     * @param readBy flows, statements with a file of their own, and classes
     */
    record Use(Set<String> setBy, Set<String> readBy) {
    }

    private static final Path ROUTES = Path.of("routes");
    private static final Path JAVA = Path.of("src/main/java");
    /** ${variable.run[mode]}, :#${variable.page.ids}, add(${variable.runId}) */
    private static final Pattern READ = Pattern.compile("\\$\\{variable\\.(\\w+)");
    private static final Pattern JAVA_SET = Pattern.compile("\\bsetVariable\\(\\s*\"(\\w+)\"");
    private static final Pattern JAVA_READ = Pattern.compile("(?:\\bgetVariable|@Variable)\\(\\s*\"(\\w+)\"");

    private final Map<String, Use> uses = new TreeMap<>();

    static Map<String, Use> read() throws IOException {
        RouteVariables all = new RouteVariables();
        for (Path file : files(ROUTES, ".camel.yaml")) {
            String text = Pages.read(file);
            String flow = ROUTES.relativize(file).toString().replace('\\', '/').replace(".camel.yaml", "");
            all.collect(new Yaml().load(text), flow);
            String code = text.replaceAll("(?m)^\\s*#.*$", "");
            READ.matcher(code).results().forEach(read -> all.use(read.group(1)).readBy().add(flow));
        }
        for (Path file : files(ROUTES, ".sql")) {
            READ.matcher(Pages.read(file)).results()
                .forEach(read -> all.use(read.group(1)).readBy().add(ROUTES.relativize(file).toString().replace('\\', '/')));
        }
        for (Path file : files(JAVA, ".java")) {
            String name = file.getFileName().toString().replace(".java", "");
            JAVA_SET.matcher(Pages.read(file)).results().forEach(set -> all.use(set.group(1)).setBy().add(name));
            JAVA_READ.matcher(Pages.read(file)).results().forEach(read -> all.use(read.group(1)).readBy().add(name));
        }
        return all.uses;
    }

    private Use use(String name) {
        return uses.computeIfAbsent(name, any -> new Use(new TreeSet<>(), new TreeSet<>()));
    }

    /** Finds setVariable, setVariables and variableReceive. */
    private void collect(Object node, String flow) {
        if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (key.equals("setVariable")) {
                    set(((Map<?, ?>) value).get("name"), flow);
                } else if (key.equals("setVariables")) {
                    ((List<?>) ((Map<?, ?>) value).get("variables")).forEach(one -> set(((Map<?, ?>) one).get("name"), flow));
                } else if (key.equals("variableReceive")) {
                    set(value, flow);
                }
                collect(value, flow);
            });
        } else if (node instanceof List<?> list) {
            list.forEach(value -> collect(value, flow));
        }
    }

    private void set(Object name, String flow) {
        use((String) name).setBy().add(flow);
    }

    private static List<Path> files(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(path -> path.toString().endsWith(ending)).sorted().toList();
        }
    }
}
