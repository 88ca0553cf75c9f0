package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;

/** Which version of a record a row ends as, whatever comes in what order, how often and in what portions. */
@Tag("sql")
class SinkPropertiesIT {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final String TIME = "last_modified_time";

    /** What one answer says of a record. */
    enum Says {
        NEW_VERSION, SAME_SECOND, UNCHANGED, TIME_IS_EMPTY, TIME_IS_NULL, NO_TIME, GONE
    }

    /**
     * @param record which of three
     * @param seed chooses the values
     */
    record Saying(int record, Says says, int seed) { }

    /** A statement to come: the records of one answer, all or some; or one that is gone. */
    record Delivery(Instant requestedAt, List<Map<String, Object>> records, String gone) {

        void into(SinkTable table) {
            if (gone == null) {
                table.store(requestedAt, records);
            } else {
                table.gone(requestedAt, gone);
            }
        }
    }

    /**
     * One shape, and times that move as Zoho's clock does: not back from one request to the next. Contents do not come back
     * within one second: see {@link #contentThatComesBackWithinASecondOutOfOrderIsRightAfterTheNextAnswer()}.
     */
    @Property(tries = 200)
    void anyOrderAnyRepetitionAndAnySplitOfTheSameVersionsEndsInTheSameRows(@ForAll("kinds") SinkKind kind,
            @ForAll("histories") @Size(min = 1, max = 6) List<List<Saying>> history, @ForAll Random random) {
        Written written = new Written(kind);
        SinkTable inOrder = new SinkTable(kind);
        List<Delivery> answers = written.answers(history);
        answers.forEach(answer -> answer.into(inOrder));
        assertThat(inOrder.sources()).as("in order").isEqualTo(written.newest());

        SinkTable anyhow = new SinkTable(kind);
        written.first().into(anyhow); // what is gone had a row
        portions(answers, random).forEach(portion -> portion.into(anyhow));

        assertThat(anyhow.rows()).isEqualTo(inOrder.rows());
    }

    /** The known limit: that an unchanged row was seen again is not written, so an answer in between that comes late wins. */
    @Example
    void contentThatComesBackWithinASecondOutOfOrderIsRightAfterTheNextAnswer() {
        SinkKind items = SinkKind.all().get(0);
        SinkTable table = new SinkTable(items);
        Map<String, Object> five = Map.of("item_id", "1", "stock_on_hand", 5, TIME, "2025-01-01T10:00:00Z");
        Map<String, Object> four = Map.of("item_id", "1", "stock_on_hand", 4, TIME, "2025-01-01T10:00:00Z");
        table.store(NOON, List.of(five));
        table.store(NOON.plusSeconds(3), List.of(five));
        table.store(NOON.plusSeconds(2), List.of(four));
        assertThat(table.sources().get("1")).isEqualTo(SinkTable.canonical(four));
        table.store(NOON.plusSeconds(4), List.of(five));
        assertThat(table.sources().get("1")).isEqualTo(SinkTable.canonical(five));
    }

    @Provide
    Arbitrary<SinkKind> kinds() {
        return Arbitraries.of(SinkKind.all());
    }

    @Provide
    Arbitrary<List<List<Saying>>> histories() {
        Arbitrary<Says> says = Arbitraries.frequencyOf(Tuple.of(6, Arbitraries.of(Says.NEW_VERSION, Says.SAME_SECOND)),
                Tuple.of(5, Arbitraries.of(Says.values())));
        return Combinators.combine(Arbitraries.integers().between(1, 3), says, Arbitraries.integers().between(0, 9_999)).as(Saying::new).list().ofMinSize(1).ofMaxSize(4).list();
    }

    /** Some answers twice, each in portions of any size; all of them shuffled, but for the portions of one answer. */
    private static List<Delivery> portions(List<Delivery> answers, Random random) {
        List<Deque<Delivery>> turns = new ArrayList<>();
        for (Delivery answer : answers) {
            for (int times = 1 + random.nextInt(2); times > 0; times--) {
                Deque<Delivery> portions = new ArrayDeque<>();
                List<Map<String, Object>> rest = answer.records;
                while (rest.size() > 1 && random.nextBoolean()) {
                    int cut = 1 + random.nextInt(rest.size() - 1);
                    portions.add(new Delivery(answer.requestedAt, rest.subList(0, cut), null));
                    rest = rest.subList(cut, rest.size());
                }
                portions.add(new Delivery(answer.requestedAt, rest, answer.gone));
                portions.forEach(portion -> turns.add(portions));
            }
        }
        Collections.shuffle(turns, random);
        return turns.stream().map(Deque::remove).toList();
    }

    /** A history as Zoho's answers. */
    private static final class Written {

        private final SinkKind kind;
        private final Map<String, Map<String, Object>> versions = new HashMap<>();
        private final Map<String, Integer> seconds = new HashMap<>();
        private final Map<String, String> newest = new TreeMap<>();
        private Delivery first;
        private int version;

        Written(SinkKind kind) {
            this.kind = kind;
        }

        List<Delivery> answers(List<List<Saying>> history) {
            List<Delivery> answers = new ArrayList<>();
            List<Map<String, Object>> all = new ArrayList<>();
            for (int record = 1; record <= 3; record++) {
                all.add(said(new Saying(record, Says.NEW_VERSION, record), true));
            }
            note(all);
            first = new Delivery(NOON, all, null);
            answers.add(first);
            Instant now = NOON;
            for (List<Saying> answer : history) {
                now = now.plusMillis(700);
                List<Map<String, Object>> records = new ArrayList<>();
                for (Saying saying : answer) {
                    if (saying.says != Says.GONE) {
                        records.add(said(saying, answer.stream().filter(s -> s.record == saying.record).count() == 1));
                    }
                }
                note(records);
                answers.add(new Delivery(now, records, null));
                for (Saying saying : answer) {
                    String id = String.valueOf(saying.record);
                    if (saying.says == Says.GONE && newest.get(id) != null) {
                        now = now.plusMillis(1);
                        answers.add(new Delivery(now, List.of(), id));
                        newest.put(id, null);
                    }
                }
            }
            return answers;
        }

        /** Of a record that an answer has twice, the newer version counts, and the first of two equals. */
        private void note(List<Map<String, Object>> answer) {
            once(answer, kind.idKey()).forEach((id, record) -> {
                versions.put(id, record);
                newest.put(id, SinkTable.canonical(record));
            });
        }

        private Map<String, Object> said(Saying saying, boolean alone) {
            String id = String.valueOf(saying.record);
            Map<String, Object> before = versions.get(id);
            if (saying.says == Says.UNCHANGED && alone && newest.get(id) != null) {
                return before;
            }
            Map<String, Object> record = new LinkedHashMap<>();
            record.put(kind.idKey(), id);
            Random random = new Random(saying.seed);
            kind.values().forEach((key, values) -> record.put(key, values.get(random.nextInt(values.size()))));
            record.put("cf_version", ++version);
            int second = seconds.merge(id, saying.says == Says.SAME_SECOND ? 0 : 1, Integer::sum);
            if (saying.says == Says.TIME_IS_EMPTY || saying.says == Says.TIME_IS_NULL) {
                record.put(TIME, saying.says == Says.TIME_IS_EMPTY ? "" : null);
            } else if (saying.says != Says.NO_TIME) {
                record.put(TIME, "2025-12-01T10:00:%02d+0530".formatted(second));
            }
            return record;
        }

        Delivery first() {
            return first;
        }

        Map<String, String> newest() {
            return newest;
        }
    }

    private static Map<String, Map<String, Object>> once(List<Map<String, Object>> answer, String idKey) {
        Map<String, Map<String, Object>> once = new LinkedHashMap<>();
        answer.forEach(record -> once.merge((String) record.get(idKey), record, (a, b) -> time(b).compareTo(time(a)) > 0 ? b : a));
        return once;
    }

    private static String time(Map<String, Object> record) {
        return record.get(TIME) instanceof String time ? time : "";
    }
}
