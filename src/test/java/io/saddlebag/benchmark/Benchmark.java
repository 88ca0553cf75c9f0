package io.saddlebag.benchmark;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * {@code mvn -Pbenchmark verify}: the figures of the packaged application on this machine, each beside what limits it,
 * measured in the same run. A table on standard output, what it is at on standard error. It judges nothing: a figure
 * is for a person to read, so only what broke ends it with an error.
 */
public final class Benchmark {

    private Benchmark() {
    }

    public static void main(String[] arguments) throws Exception {
        // broken off from outside, no application stays; the library stops its PostgreSQL by itself
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ProcessHandle.current().children()
            .filter(child -> child.info().command().orElse("").endsWith("java")).forEach(ProcessHandle::destroy)));
        ((Logger) LoggerFactory.getLogger("io.zonky.test.db.postgres")).setLevel(Level.OFF);
        Pgbench.check();
        Path folder = Path.of("target/benchmark").toAbsolutePath();
        FileSystemUtils.deleteRecursively(folder);
        Files.createDirectories(folder);
        Figures figures = new Figures();
        try {
            Layout layout = Layout.extract(folder.resolve("layout"));
            try (Sandbox sandbox = Sandbox.start(Files.createDirectory(folder.resolve("sandbox")), layout)) {
                try (Application application = Application.start(
                        Files.createDirectory(folder.resolve("application")), layout, sandbox)) {
                    double secondsOfFullRun = new FullPulls(application, sandbox).measure(figures);
                    new QuietPulls(application, secondsOfFullRun).measure(figures);
                    new KindPulls(application, sandbox).measure(figures);
                    new WebhookLoad(application, sandbox).measure(figures);
                    new HeapUse(application, sandbox).measure(figures);
                    new LedgerCost(application).measure(figures);
                    new DoorOverhead(application).measure(figures);
                    new Strangers(application).measure(figures);
                }
                new StockServer(Files.createDirectory(folder.resolve("stock")), layout, sandbox).measure(figures);
                new SaturatingPull(Files.createDirectory(folder.resolve("saturating")), layout, sandbox).measure(figures);
            }
            new ProductionStarts(Files.createDirectory(folder.resolve("production")), layout).measure(figures);
        } finally {
            FileSystemUtils.deleteRecursively(folder);
        }
        System.out.print(figures);
    }
}
