package io.saddlebag.benchmark;

import static io.saddlebag.benchmark.Figures.median;
import static io.saddlebag.benchmark.Figures.number;

import io.saddlebag.testkit.AppProcess;
import io.saddlebag.testkit.ProcessorTime;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Seconds to ready, processor time and resident memory, laid out as the production image has it, with a database elsewhere; beside the
 * sandbox alone, which is the same jar without database, timers, logins and console.
 */
record ProductionStarts(Path folder, Layout layout) {

    private static final int REPETITIONS = 3;

    private record Start(double seconds, double processor, double megabytes) { }

    void measure(Figures figures) throws Exception {
        layout.removeEmbeddedServer();
        try (EmbeddedPostgres elsewhere = EmbeddedPostgres.builder().setDataDirectory(folder.resolve("database"))
                .setServerConfig("unix_socket_directories", "").start()) {
            measure(figures, Map.of("SADDLEBAG_SANDBOX", "true",
                "DATABASE_URL", "postgresql://postgres:any@localhost:" + elsewhere.getPort() + "/postgres",
                "SADDLEBAG_PULL_AT_START", "false", // as on every start but the first one
                "SADDLEBAG_MASTER_KEY", Base64.getEncoder().encodeToString(new byte[32])));
        }
    }

    private void measure(Figures figures, Map<String, String> settings) throws Exception {
        List<Start> application = new ArrayList<>();
        List<Start> sandbox = new ArrayList<>();
        Figures.progress("a first start, which makes the tables");
        start(layout, settings);
        Layout image = layout.withCache(folder);
        for (int repetition = 1; repetition <= REPETITIONS; repetition++) {
            Figures.progress("starts of the production layout, " + repetition + " of " + REPETITIONS);
            application.add(start(image, settings));
            sandbox.add(start(image, Map.of(), "--spring.profiles.active=sandbox"));
        }
        double seconds = median(application.stream().map(Start::seconds).toList());
        double secondsBeside = median(sandbox.stream().map(Start::seconds).toList());
        double megabytes = median(application.stream().map(Start::megabytes).toList());
        double megabytesBeside = median(sandbox.stream().map(Start::megabytes).toList());
        figures.add("start of the production layout until ready", number("%.1f s", seconds),
            number("the sandbox alone %.1f s", secondsBeside), number("%.2f", seconds / secondsBeside), "<= 5 s");
        double processor = median(application.stream().map(Start::processor).toList());
        double processorBeside = median(sandbox.stream().map(Start::processor).toList());
        figures.add("  its processor time by then", number("%.1f s", processor), number("the sandbox alone %.1f s", processorBeside),
            number("%.2f", processor / processorBeside), "");
        figures.add("  its resident memory then", number("%.0f MB", megabytes),
            number("the sandbox alone %.0f MB", megabytesBeside),
            number("%.2f", megabytes / megabytesBeside), "<= 350 MB");
    }

    private Start start(Layout layout, Map<String, String> settings, String... arguments) throws Exception {
        long before = System.nanoTime();
        try (AppProcess process = AppProcess.start(folder, settings, layout.command(arguments)).awaitReady()) {
            return new Start((System.nanoTime() - before) / 1e9, ProcessorTime.of(process.pid()), new JvmMemory(process.pid()).resident());
        }
    }
}
