package io.saddlebag.push;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A batch that Zoho refuses as a whole fails the record at fault, and no other. */
class BatchPartsTest {

    private static final List<String> KEYS = IntStream.range(0, 100).mapToObj(String::valueOf).toList();

    private final List<String> failed = new ArrayList<>();
    private final List<String> sent = new ArrayList<>();

    /** @return the number of calls */
    private int send(List<String> keys, Predicate<List<String>> refused) {
        BatchParts parts = new BatchParts(keys);
        int calls = 0;
        while (parts.hasNext()) {
            List<String> part = parts.next();
            calls++;
            boolean isRefused = refused.test(part);
            failed.addAll(isRefused ? parts.refused() : parts.accepted());
            sent.addAll(isRefused ? List.of() : part);
        }
        return calls;
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "37", "62", "98", "99"})
    void theOneRecordAtFaultFailsWithinEightMoreCalls(String culprit) {
        assertThat(send(KEYS, part -> part.contains(culprit))).isLessThanOrEqualTo(9);

        assertThat(failed).containsExactly(culprit);
        assertThat(sent).hasSize(99).doesNotHaveDuplicates().doesNotContain(culprit);
    }

    /** Zoho CRM refuses a batch with a bad record as a whole, and answers for the record alone. */
    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "37", "99"})
    void theRecordThatFailsAloneIsNoProofAgainstTheOneBesideIt(String culprit) {
        BatchParts parts = new BatchParts(KEYS);
        int calls = 0;
        while (parts.hasNext()) {
            List<String> part = parts.next();
            calls++;
            if (!part.contains(culprit)) {
                failed.addAll(parts.accepted());
                sent.addAll(part);
            } else if (part.size() > 1) {
                failed.addAll(parts.refused());
            } else {
                parts.answered(false);
            }
        }

        assertThat(failed).isSubsetOf(culprit);
        assertThat(sent).hasSize(99).doesNotHaveDuplicates().doesNotContain(culprit);
        assertThat(calls).isLessThanOrEqualTo(9);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 50, 100})
    void aRefusalThatNoRecordCausedFailsNone(int size) {
        List<List<String>> parts = new ArrayList<>();
        int calls = send(KEYS.subList(0, size), part -> parts.add(part) && parts.size() == 1);

        assertThat(failed).isEmpty();
        assertThat(sent).containsExactlyElementsOf(KEYS.subList(0, size));
        assertThat(calls).isLessThanOrEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource({"10, 90", "0, 1", "98, 99"})
    void afterTheFirstRecordAtFaultASecondOneIsFoundToo(String first, String second) {
        send(KEYS, part -> part.contains(first) || part.contains(second));

        assertThat(failed).containsExactlyInAnyOrder(first, second);
        assertThat(sent).hasSize(98).doesNotHaveDuplicates();
    }

    @Test
    void whereZohoAnswersForSingleRecordsOnlyAndAcceptsNoneTheRestFailsAfterTwo() {
        BatchParts parts = new BatchParts(KEYS);
        int calls = 0;
        while (parts.hasNext()) {
            calls++;
            if (parts.next().size() > 1) {
                failed.addAll(parts.refused());
            } else {
                parts.answered(false);
            }
        }

        assertThat(calls).isLessThanOrEqualTo(17);
        assertThat(failed).as("but for the two that were answered alone").hasSize(98).doesNotHaveDuplicates();
    }

    @Test
    void whereZohoAcceptsNothingTheRestFailsAfterTwoRecords() {
        assertThat(send(KEYS, part -> true)).isLessThanOrEqualTo(17);

        assertThat(failed).hasSize(100).doesNotHaveDuplicates();
    }

    /** The answer to the part of a and b is lost, and the repetition is refused. */
    @Test
    void aRecordThatMayBeWrittenIsSentWithoutOthers() {
        BatchParts parts = new BatchParts(List.of("a", "b", "c", "d"));
        assertThat(parts.next()).hasSize(4);
        assertThat(parts.isDoubtful()).isFalse();
        parts.refused();
        assertThat(parts.next()).containsExactly("a", "b");
        parts.doubt();
        parts.refused();
        assertThat(parts.next()).containsExactly("a");
        assertThat(parts.isDoubtful()).isTrue();
        assertThat(parts.refused()).containsExactly("a");

        assertThat(parts.next()).containsExactly("c", "d");
        assertThat(parts.isDoubtful()).isFalse();
        parts.accepted();
        assertThat(parts.next()).containsExactly("b");
        assertThat(parts.isDoubtful()).isTrue();
        parts.accepted();
        assertThat(parts.hasNext()).isFalse();
        assertThat(List.of("a", "b", "c", "d")).filteredOn(parts::mayBeWritten).containsExactly("a", "b");
    }
}
