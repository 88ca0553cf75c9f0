package io.saddlebag.benchmark;

import static io.saddlebag.benchmark.Figures.median;
import static io.saddlebag.benchmark.Figures.number;
import static java.util.stream.Collectors.joining;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Items stored a second by a full run into an empty table, and by one that finds nothing changed. */
record FullPulls(Application application, Sandbox sandbox) {

    private static final int ITEMS = 100_000;
    private static final int REPETITIONS = 5;

    /** @return seconds of a full run that finds nothing changed */
    double measure(Figures figures) throws Exception {
        sandbox.hold(ITEMS);
        List<Double> first = new ArrayList<>();
        List<Double> second = new ArrayList<>();
        List<Double> copy = new ArrayList<>();
        List<Double> rowByRow = new ArrayList<>();
        for (int repetition = 1; repetition <= REPETITIONS; repetition++) {
            Figures.progress("full runs of " + ITEMS + " items, COPY, row by row: " + repetition + "/" + REPETITIONS);
            application.forgetItems();
            first.add(checked(application.run("full"), ITEMS).recordsPerSecond());
            second.add(checked(application.run("full"), 0).recordsPerSecond());
            try (Connection connection = application.database()) {
                DatabaseLimits limits = new DatabaseLimits(connection);
                copy.add(limits.copy());
                rowByRow.add(limits.rowByRow());
            }
            Figures.progress(Stream.of(first, second, copy, rowByRow).map(rates -> rates.get(rates.size() - 1))
                .map(rate -> number("%,.0f/s", rate)).collect(joining(", ")));
        }
        String items = number("%,d items of 1 KB", ITEMS);
        String perSecond = "%,.0f/s";
        figures.add("full run into an empty table, " + items, number(perSecond, median(first)),
            number("COPY of the same rows " + perSecond, median(copy)),
            number("%.2f", median(first) / median(copy)), ">= 0.25");
        figures.add("the same", number(perSecond, median(first)),
            number("upserts row by row (" + DatabaseLimits.ROWS_ONE_BY_ONE + ") " + perSecond, median(rowByRow)),
            number("%.1f", median(first) / median(rowByRow)), ">= 10");
        figures.add("full run that finds nothing changed", number(perSecond, median(second)),
            number("into an empty table " + perSecond, median(first)),
            number("%.2f", median(second) / median(first)), "");
        return ITEMS / median(second);
    }

    private static Run checked(Run run, long created) {
        if (run.seen() != ITEMS || run.created() != created || run.updated() != 0) {
            throw new IllegalStateException("expected " + created + " new of " + ITEMS + ", but it was " + run);
        }
        return run;
    }
}
