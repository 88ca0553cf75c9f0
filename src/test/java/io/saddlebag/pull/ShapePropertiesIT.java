package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * What a row has after answers of any shapes, with any of a record's keys, in any order: a model of the rule in a few lines, and the
 * statements of all kinds beside it.
 */
class ShapePropertiesIT {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final String TIME = "last_modified_time";

    /**
     * One answer about one record.
     *
     * @param keys which of the record's keys it has
     * @param seed chooses their values, of which most come again
     * @param second of its last_modified_time; 0: it has none, or an empty one
     * @param delay by how many seconds its request was sent before it comes
     * @param again taken whatever its version
     */
    record Saying(int record, String shape, int keys, int seed, int second, int delay, boolean again) { }

    /** What the rule knows of a row. */
    record Row(Map<String, Object> source, Map<String, Set<String>> said, Instant requestedAt, boolean gone) { }

    @Property(tries = 250)
    void aRowHasWhatItsShapesSaidLast(@ForAll("kinds") SinkKind kind, @ForAll("histories") List<Saying> history) {
        SinkTable table = new SinkTable(kind);
        Map<String, Row> model = new TreeMap<>();
        Instant now = NOON;
        for (Saying saying : history) {
            now = now.plusSeconds(1);
            String id = String.valueOf(saying.record);
            Row before = model.get(id);
            Map<String, List<String>> marks = table.marks();
            deliver(kind, table, model, saying, now.minusSeconds(saying.delay));
            Row after = model.get(id);
            if (before != null && !saying.shape.equals("gone")) {
                List<String> mark = table.marks().get(id);
                boolean same = before.source.equals(after.source) && before.gone == after.gone && mark.get(2).equals(marks.get(id).get(2));
                assertThat(mark.get(1).equals(marks.get(id).get(1))).as("%s: updated_at stands still", saying).isEqualTo(same);
                assertThat(mark.get(0).equals(marks.get(id).get(0))).as("%s: the row is left alone", saying)
                        .isEqualTo(same && before.said.equals(after.said));
                if (!mark.get(2).equals(marks.get(id).get(2)) && after == before && !saying.shape.equals("webhook")) {
                    // whether it has its details was written, and with it the time of this request
                    model.put(id, new Row(after.source, after.said, now.minusSeconds(saying.delay), after.gone));
                }
            }
        }
        Map<String, String> sources = new TreeMap<>();
        Map<String, Map<String, Set<String>>> said = new TreeMap<>();
        SinkTable mappedAtOnce = new SinkTable(kind);
        model.forEach((id, row) -> {
            sources.put(id, row.gone ? null : SinkTable.canonical(row.source));
            said.put(id, row.said);
            mappedAtOnce.store(NOON, List.of(row.source));
            if (row.gone) {
                mappedAtOnce.gone(NOON.plusSeconds(1), id);
            }
        });
        assertThat(table.sources()).isEqualTo(sources);
        assertThat(table.said()).isEqualTo(said);
        assertThat(table.rows()).as("columns and parts follow source").isEqualTo(mappedAtOnce.rows());
    }

    private static void deliver(SinkKind kind, SinkTable table, Map<String, Row> model, Saying saying, Instant requestedAt) {
        String id = String.valueOf(saying.record);
        Row row = model.get(id);
        if (saying.shape.equals("gone")) {
            table.gone(requestedAt, id);
            if (row != null && (row.requestedAt == null || row.requestedAt.isBefore(requestedAt))) {
                model.put(id, new Row(row.source, row.said, requestedAt, true));
            }
            return;
        }
        Map<String, Object> answer = answer(kind, saying);
        if (saying.shape.equals("webhook")) {
            String verdict = verdict(row, answer);
            assertThat(table.judge(answer)).as("%s", saying).isEqualTo(verdict);
            if (verdict.equals("store")) {
                table.store("webhook", null, false, List.of(answer));
                model.put(id, merged(row, answer, "webhook", null, false));
            }
            return;
        }
        table.store(saying.shape, requestedAt, saying.again, List.of(answer));
        if (row == null || saying.again || wins(answer, requestedAt, row)) {
            Row next = merged(row, answer, saying.shape, requestedAt, saying.again && row != null && row.gone);
            if (row == null || !next.source.equals(row.source) || !next.said.equals(row.said) || row.gone != next.gone) {
                model.put(id, next);
            }
        }
    }

    /** The rule. */
    private static Row merged(Row row, Map<String, Object> answer, String shape, Instant requestedAt, boolean gone) {
        Map<String, Object> source = new LinkedHashMap<>();
        Map<String, Set<String>> said = new TreeMap<>();
        if (row != null) {
            source.putAll(row.source);
            row.said.forEach((each, keys) -> said.put(each, new TreeSet<>(keys)));
        }
        Set<String> takes = new TreeSet<>();
        if (!shape.equals("webhook")) {
            takes.addAll(said.getOrDefault(shape, Set.of()));
        }
        if (shape.equals("record") || shape.equals("details")) {
            takes.addAll(said.getOrDefault("webhook", Set.of()));
        }
        takes.removeAll(answer.keySet());
        source.keySet().removeAll(takes);
        said.values().forEach(keys -> keys.removeAll(takes));
        source.putAll(answer);
        if (!shape.equals("none")) {
            said.put(shape, new TreeSet<>(answer.keySet()));
        }
        return new Row(source, said, requestedAt != null || row == null ? requestedAt : row.requestedAt, gone);
    }

    private static String verdict(Row row, Map<String, Object> payload) {
        if (row == null) {
            return "store";
        }
        if (row.gone || time(row.source).isEmpty()) {
            return "fetch";
        }
        int byTime = time(payload).compareTo(time(row.source));
        if (byTime < 0) {
            return "older";
        }
        if (List.of("webhook", "record", "details").stream()
                .anyMatch(shape -> !payload.keySet().containsAll(row.said.getOrDefault(shape, Set.of())))) {
            return "fetch";
        }
        Map<String, Object> both = new LinkedHashMap<>(row.source);
        both.putAll(payload);
        return byTime > 0 ? "store" : both.equals(row.source) ? "same" : "fetch";
    }

    private static boolean wins(Map<String, Object> answer, Instant requestedAt, Row row) {
        int byTime = time(answer).compareTo(time(row.source));
        int byRequest = row.requestedAt == null ? 1 : requestedAt.compareTo(row.requestedAt);
        if (row.gone) {
            return byRequest > 0;
        }
        boolean bothTold = !time(answer).isEmpty() && !time(row.source).isEmpty();
        return (bothTold && byTime != 0 ? byTime : byRequest != 0 ? byRequest : byTime) > 0;
    }

    private static Map<String, Object> answer(SinkKind kind, Saying saying) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(kind.idKey(), String.valueOf(saying.record));
        Random random = new Random(saying.seed);
        int key = 0;
        for (Map.Entry<String, List<Object>> each : kind.values().entrySet()) {
            Object value = each.getValue().get(random.nextInt(each.getValue().size()));
            if ((saying.keys >> key++ & 1) == 1) {
                answer.put(each.getKey(), value);
            }
        }
        if ((saying.keys >> key & 1) == 1) {
            answer.put("cf_color", saying.seed);
        }
        boolean needsTime = saying.shape.equals("webhook"); // without it a payload is a hint
        if (saying.second > 0 || needsTime) {
            answer.put(TIME, "2025-12-01T10:00:0" + saying.second + "+0530");
        } else if ((saying.seed & 1) == 1) {
            answer.put(TIME, "");
        }
        return answer;
    }

    private static String time(Map<String, Object> record) {
        return record.get(TIME) instanceof String time ? time : "";
    }

    @Provide
    Arbitrary<SinkKind> kinds() {
        return Arbitraries.of(SinkKind.all());
    }

    @Provide
    Arbitrary<List<Saying>> histories() {
        return Combinators.combine(Arbitraries.integers().between(1, 2),
                Arbitraries.of("list", "list", "list", "record", "record", "details", "webhook", "webhook", "none", "gone"),
                Arbitraries.oneOf(Arbitraries.just(0xffff), Arbitraries.integers().between(0, 0xffff)), Arbitraries.integers().between(0, 2),
                Arbitraries.of(0, 1, 1, 2, 3), Arbitraries.of(0, 0, 0, 2), Arbitraries.of(false, false, false, true)).as(Saying::new)
                .list().ofMinSize(2).ofMaxSize(14);
    }
}
