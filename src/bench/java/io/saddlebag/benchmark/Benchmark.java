package io.saddlebag.benchmark;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * {@code mvn -Pbenchmark verify} measures the packaged application on this machine. Each figure stands beside the limit that was
 * measured in the same run. The table goes to standard output, the progress to standard error. A person judges the figures: the
 * benchmark fails only when something breaks.
 */
public final class Benchmark {

    /** Parts that share one application, in this order. */
    private static final Map<String, SharedPart> SHARED = new LinkedHashMap<>();
    /** A part that runs only where it is named: it takes an hour. */
    private static final String SOAK = "soak";
    /** Parts that start applications of their own, in this order. */
    private static final Map<String, OwnPart> OWN = new LinkedHashMap<>();

    static {
        SHARED.put("pulls", (application, sandbox, figures) ->
            new QuietPulls(application, new FullPulls(application, sandbox).measure(figures)).measure(figures));
        SHARED.put("kinds", (application, sandbox, figures) -> new KindPulls(application, sandbox).measure(figures));
        SHARED.put("webhooks", (application, sandbox, figures) -> new WebhookLoad(application, sandbox).measure(figures));
        SHARED.put("heap", (application, sandbox, figures) -> new HeapUse(application, sandbox).measure(figures));
        SHARED.put("ledger", (application, sandbox, figures) -> new LedgerCost(application).measure(figures));
        SHARED.put("calls", (application, sandbox, figures) -> new CallOverhead(application).measure(figures));
        SHARED.put("pushes", (application, sandbox, figures) -> new Pushes(application).measure(figures));
        SHARED.put("strangers", (application, sandbox, figures) -> new Strangers(application).measure(figures));
        SHARED.put("console", (application, sandbox, figures) -> new ConsolePages(application).measure(figures));
        OWN.put("stock", (folder, layout, sandbox, figures) -> new StockServer(folder, layout, sandbox).measure(figures));
        OWN.put("saturating", (folder, layout, sandbox, figures) -> new SaturatingPull(folder, layout, sandbox).measure(figures));
        OWN.put(SOAK, (folder, layout, sandbox, figures) -> new Soak(folder, layout, sandbox).measure(figures));
        OWN.put("starts", (folder, layout, sandbox, figures) -> new ProductionStarts(folder, layout).measure(figures));
    }

    private interface SharedPart {
        void measure(Application application, Sandbox sandbox, Figures figures) throws Exception;
    }

    private interface OwnPart {
        void measure(Path folder, Layout layout, Sandbox sandbox, Figures figures) throws Exception;
    }

    private Benchmark() {
    }

    /** @param arguments names of the parts to run, also several in one with commas; without any, all but the soak run */
    public static void main(String[] arguments) throws Exception {
        List<String> parts = parts(arguments);
        // When the benchmark is interrupted, no application stays behind. The library stops its PostgreSQL by itself.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ProcessHandle.current().children()
            .filter(child -> child.info().command().orElse("").endsWith("java")).forEach(ProcessHandle::destroy)));
        ((Logger) LoggerFactory.getLogger("io.zonky.test.db.postgres")).setLevel(Level.OFF);
        if (parts.contains("webhooks")) {
            Pgbench.check();
        }
        Path folder = Path.of("target/benchmark").toAbsolutePath();
        FileSystemUtils.deleteRecursively(folder);
        Files.createDirectories(folder);
        Figures figures = new Figures();
        try {
            Layout layout = Layout.extract(folder.resolve("layout"));
            try (Sandbox sandbox = Sandbox.start(Files.createDirectory(folder.resolve("sandbox")), layout)) {
                measure(parts, folder, layout, sandbox, figures);
            }
        } finally {
            FileSystemUtils.deleteRecursively(folder);
        }
        System.out.print(figures);
    }

    private static void measure(List<String> parts, Path folder, Layout layout, Sandbox sandbox, Figures figures) throws Exception {
        if (parts.stream().anyMatch(SHARED::containsKey)) {
            try (Application application = Application.start(Files.createDirectory(folder.resolve("application")), layout, sandbox)) {
                for (String part : SHARED.keySet()) {
                    if (parts.contains(part)) {
                        SHARED.get(part).measure(application, sandbox, figures);
                    }
                }
            }
        }
        for (String part : OWN.keySet()) {
            if (parts.contains(part)) {
                OWN.get(part).measure(Files.createDirectory(folder.resolve(part)), layout, sandbox, figures);
            }
        }
    }

    private static List<String> parts(String... arguments) {
        List<String> all = Stream.concat(SHARED.keySet().stream(), OWN.keySet().stream()).toList();
        List<String> named = Arrays.stream(arguments).flatMap(argument -> Arrays.stream(argument.split("[, ]+"))).filter(name -> !name.isBlank()).toList();
        if (!all.containsAll(named)) {
            throw new IllegalArgumentException("The benchmark has these parts: " + String.join(" ", all));
        }
        return named.isEmpty() ? all.stream().filter(part -> !part.equals(SOAK)).toList() : named;
    }
}
