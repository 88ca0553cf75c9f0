package io.saddlebag.benchmark;

import static io.saddlebag.benchmark.Figures.median;
import static io.saddlebag.benchmark.Figures.number;
import static java.util.stream.Collectors.joining;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;

/** Five minutes of a full run that spends all that Zoho allows, and of a person who asks for single items meanwhile. */
record SaturatingPull(Path folder, Layout layout, Sandbox sandbox) {

    private static final int PER_MINUTE = 90;
    private static final int MINUTES = 5;
    private static final int LATENCY = 900;
    private static final int ITEMS = 120_000;
    /** A slot is held for the latency and a minute. */
    private static final double THEORY = PER_MINUTE * 60_000.0 / (60_000 + LATENCY);

    void measure(Figures figures) throws Exception {
        sandbox.hold(ITEMS);
        sandbox.answerAfter(LATENCY);
        Map<String, Long> asked = new HashMap<>();
        try (Application application = Application.start(folder, layout, sandbox, PER_MINUTE)) {
            sandbox.forgetCalls();
            application.begin("full");
            Random dice = new Random(1319);
            long end = System.nanoTime() + Duration.ofMinutes(MINUTES).toNanos();
            for (int person = 0; System.nanoTime() < end; person++) {
                Figures.progress("a saturating pull, for another " + Duration.ofNanos(end - System.nanoTime()).toSeconds() + " s");
                String item = String.valueOf(6000000000010000001L + 1000 * person);
                asked.put("/sandbox/inventory/v1/items/" + item, System.currentTimeMillis());
                application.fetch(item);
                QuietPulls.pause(Duration.ofMillis(1_000 + dice.nextInt(4_000)));
            }
            List<Map.Entry<String, Long>> arrivals = sandbox.arrivals().toList();
            long first = arrivals.stream().mapToLong(Map.Entry::getValue).min().orElseThrow();
            long[] minutes = new long[MINUTES];
            for (Map.Entry<String, Long> arrival : arrivals) {
                int minute = (int) ((arrival.getValue() - first) / 60_000);
                if (minute < MINUTES) {
                    minutes[minute]++;
                }
            }
            double mean = LongStream.of(minutes).average().orElseThrow();
            figures.add("calls a minute of a saturating pull, answers after 0.9 s", number("%.1f", mean),
                number("theory %.2f", THEORY), number("%.3f", mean / THEORY), ">= 88");
            figures.add("  minute by minute", LongStream.of(minutes).mapToObj(String::valueOf)
                .collect(joining(" ")), "never more than " + PER_MINUTE, "", "");
            List<Double> waits = arrivals.stream().filter(arrival -> asked.containsKey(arrival.getKey()))
                .map(arrival -> (arrival.getValue() - asked.get(arrival.getKey())) / 1000.0).sorted().toList();
            figures.add(number("  a person's wait in it, median of %d", waits.size()), number("%.1f s", median(waits)), "", "", "< 3 s");
            figures.add("  99th percentile", number("%.1f s", waits.get(waits.size() * 99 / 100)), "", "", "< 6 s");
        }
        sandbox.answerAfter(0);
    }
}
