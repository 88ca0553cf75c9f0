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
    /** Until then the JVM still compiles what a run goes through: the first of them stores half of what the last does. */
    private static final int WARMING = 5;

    /** @return seconds of a full run that finds nothing changed */
    double measure(Figures figures) throws Exception {
        sandbox.hold(ITEMS);
        List<Double> first = new ArrayList<>();
        List<Double> second = new ArrayList<>();
        List<Double> copy = new ArrayList<>();
        List<Double> rowByRow = new ArrayList<>();
        List<Double> inPlace = new ArrayList<>();
        for (int run = 1; run <= WARMING; run++) {
            application.forgetItems();
            double rate = checked(application.run("full"), ITEMS).recordsPerSecond();
            Figures.progress("full runs to warm up: " + run + "/" + WARMING + number(": %,.0f/s", rate));
        }
        for (int repetition = 1; repetition <= REPETITIONS; repetition++) {
            Figures.progress("full runs of " + ITEMS + " items, COPY, row by row: " + repetition + "/" + REPETITIONS);
            application.forgetItems();
            first.add(checked(application.run("full"), ITEMS).recordsPerSecond());
            second.add(checked(application.run("full"), 0).recordsPerSecond());
            try (Connection connection = application.database()) {
                DatabaseLimits limits = new DatabaseLimits(connection);
                copy.add(limits.copy());
                rowByRow.add(limits.rowByRow());
                inPlace.add(limits.rowByRowInPlace());
            }
            Figures.progress(Stream.of(first, second, copy, rowByRow, inPlace).map(rates -> rates.get(rates.size() - 1))
                .map(rate -> number("%,.0f/s", rate)).collect(joining(", ")));
        }
        application.forgetItems();
        checked(application.run("full"), ITEMS); // for those that measure after this
        String items = number("%,d items of 1 KB", ITEMS);
        String perSecond = "%,.0f/s";
        figures.add("full run into an empty table, " + items, number(perSecond, median(first)),
            number("COPY of the same rows " + perSecond, median(copy)),
            number("%.2f", median(first) / median(copy)), ">= 0.25");
        String oneByOne = "upserts row by row (" + DatabaseLimits.ROWS_ONE_BY_ONE + ") ";
        figures.add("the same", number(perSecond, median(first)), number(oneByOne + "into the same table " + perSecond, median(inPlace)),
            number("%.1f", median(first) / median(inPlace)), ">= 10");
        figures.add("the same", number(perSecond, median(first)), number(oneByOne + "into one without triggers " + perSecond, median(rowByRow)),
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
