package io.saddlebag.benchmark;

import static io.saddlebag.benchmark.Figures.number;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** The heap that is in use during a full run: it must not grow with the catalogue. */
record HeapUse(Application application, Sandbox sandbox) {

    private static final int FEW = 10_000;
    private static final int MANY = 1_000_000;

    /** In megabytes; during: the most that was alive at any look during the run. */
    private record Use(double during, double after, double resident) { }

    void measure(Figures figures) throws Exception {
        Use few = pull(FEW);
        Use many = pull(MANY);
        add(figures, "heap alive during a full run", few.during, many.during);
        add(figures, "  alive after it", few.after, many.after);
        add(figures, "  resident memory after it", few.resident, many.resident);
    }

    private static void add(Figures figures, String what, double few, double many) {
        figures.add(number(what + ", %,d items", MANY), number("%.0f MB", many), number("%,d items ", FEW)
            + number("%.0f MB", few), number("%.2f", many / few), "flat");
    }

    private Use pull(int items) throws Exception {
        Figures.progress("memory of a full run of " + items + " items");
        sandbox.hold(items);
        application.forgetItems();
        JvmMemory memory = new JvmMemory(application.pid());
        CompletableFuture<Run> run = CompletableFuture.supplyAsync(() -> full());
        double during = 0;
        while (!run.isDone()) {
            during = Math.max(during, memory.alive());
            run.copy().completeOnTimeout(null, 1, TimeUnit.SECONDS).join();
        }
        if (run.join().created() != items) {
            throw new IllegalStateException("not all of " + items + " items are there: " + run.join());
        }
        return new Use(during, memory.alive(), memory.resident());
    }

    private Run full() {
        try {
            return application.run("full");
        } catch (Exception failure) {
            throw new CompletionException(failure);
        }
    }
}
