package io.saddlebag.benchmark;

import static io.saddlebag.benchmark.Figures.number;

import java.util.List;

/** Records of the other kinds stored a second by a first full run, beside one that finds nothing changed. */
record KindPulls(Application application, Sandbox sandbox) {

    private static final int RECORDS = 20_000;

    void measure(Figures figures) throws Exception {
        for (String kind : List.of("contacts", "invoices", "bills", "stock-adjustments")) {
            Figures.progress("full runs of " + RECORDS + " " + kind);
            sandbox.hold(kind, RECORDS);
            Run first = application.run(kind, "full");
            Run second = application.run(kind, "full");
            if (first.seen() != RECORDS || second.created() + second.updated() > 0) {
                throw new IllegalStateException(kind + " were not stored once and left alone: " + first + ", " + second);
            }
            figures.add(number("first full run of %,d ", RECORDS) + kind, number("%,.0f/s", first.recordsPerSecond()),
                number("nothing changed %,.0f/s", second.recordsPerSecond()),
                number("%.2f", first.recordsPerSecond() / second.recordsPerSecond()), "");
        }
    }
}
