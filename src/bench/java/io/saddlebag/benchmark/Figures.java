package io.saddlebag.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The table, and the only way in which the benchmark says what it is doing. */
final class Figures {

    private static final List<String> TITLES = List.of("what", "figure", "beside", "ratio", "goal");

    private final List<List<String>> rows = new ArrayList<>(List.of(TITLES));

    /** A figure beside its limit. @param goal what is aimed at, in words; empty where nothing is */
    void add(String what, String figure, String beside, String ratio, String goal) {
        rows.add(List.of(what, figure, beside, ratio, goal));
    }

    static void progress(String line) {
        System.err.println("benchmark: " + line);
    }

    /** The middle one; of an even number the mean of the two in the middle. */
    static double median(List<Double> figures) {
        List<Double> sorted = figures.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** A number without regard to where the reader lives, with commas between thousands. */
    static String number(String format, Object number) {
        return String.format(Locale.ROOT, format, number);
    }

    @Override
    public String toString() {
        int[] widths = IntStream.range(0, TITLES.size())
            .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElseThrow()).toArray();
        return rows.stream()
            .map(row -> IntStream.range(0, widths.length)
                .mapToObj(column -> String.format("%-" + widths[column] + "s", row.get(column)))
                .collect(Collectors.joining("  ")).stripTrailing())
            .collect(Collectors.joining("\n", "\n", "\n"));
    }
}
