package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.zoho.SimulatedProcess.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Whatever callers, slow answers, pauses, kills and restarts come together: no 60 seconds at Zoho's side hold more calls
 * than allowed, no more are in flight, everybody gets through, and no slot is lost for ever.
 */
@Tag("sql")
class SlotPropertiesIT {

    private static final long HOUR = 3_600_000;
    private static final long SLOT_OF_A_DEAD_CALL = 105_000;

    private static SimulatedLedger shared;

    /** @param process which one; @param at when it is killed; @param down how long it is down, in milliseconds */
    record Kill(int process, int at, int down) { }

    @Property(tries = 150)
    void noOrderOfEventsBreaksTheLimitsOrLosesASlot(@ForAll @IntRange(min = 2, max = 9) int perMinute,
            @ForAll @IntRange(min = 1, max = 4) int inFlight,
            @ForAll("processes") @Size(min = 1, max = 3) List<List<Caller>> callers,
            @ForAll("kills") @Size(max = 3) List<Kill> kills) {
        SimulatedLedger ledger = ledger().with("calls-per-minute", perMinute).with("calls-in-flight", inFlight);
        SimulatedZoho zoho = new SimulatedZoho(ledger);
        List<SimulatedProcess> processes = new ArrayList<>();
        callers.forEach(its -> processes.add(new SimulatedProcess(ledger, zoho, perMinute, its)));
        processes.forEach(SimulatedProcess::start);
        kills.forEach(kill -> ledger.in(kill.at, () -> {
            SimulatedProcess process = processes.get(kill.process % processes.size());
            process.kill();
            ledger.in(kill.down, () -> {
                process.kill(); // another may have started it
                process.start();
            });
        }));

        for (int hours = 0; hours < 3 && !processes.stream().allMatch(SimulatedProcess::isDone); hours++) {
            ledger.pass(HOUR);
        }

        assertThat(zoho.mostInAMinute()).as("in any 60 seconds").isLessThanOrEqualTo(perMinute);
        assertThat(zoho.mostInFlight()).as("in flight").isLessThanOrEqualTo(inFlight);
        assertThat(processes).as("done").allMatch(SimulatedProcess::isDone);
        ledger.pass(SLOT_OF_A_DEAD_CALL);
        for (int i = 0; i < perMinute; i++) {
            Map<String, Object> slot = ledger.take("check");
            assertThat(slot.get("call_id")).as("slot %d of %d after a quiet time: %s", i + 1, perMinute, slot).isNotNull();
            ledger.answered(slot, Map.of("status", 200));
        }
        assertThat(ledger.take("check").get("waiting_for")).isEqualTo("minute");
    }

    @Provide
    Arbitrary<List<List<Caller>>> processes() {
        Arbitrary<Integer> pause = Arbitraries.frequencyOf(Tuple.of(9, Arbitraries.just(0)),
                Tuple.of(1, Arbitraries.integers().between(1_000, 150_000)));
        Arbitrary<Integer> inWork = Arbitraries.frequencyOf(Tuple.of(8, Arbitraries.integers().between(20, 2_000)),
                Tuple.of(2, Arbitraries.integers().between(2_000, 10_000)),
                Tuple.of(1, Arbitraries.just(1_000_000)));
        Arbitrary<Caller> caller = Combinators.combine(Arbitraries.of("pull", "push", "webhook", "check"),
                Arbitraries.integers().between(0, 30_000), Arbitraries.integers().between(1, 8),
                Arbitraries.integers().between(0, 3_000), pause, Arbitraries.integers().between(0, 2_000), inWork, pause)
                .as(Caller::new);
        return caller.list().ofMinSize(1).ofMaxSize(3).list();
    }

    @Provide
    Arbitrary<List<Kill>> kills() {
        return Combinators.combine(Arbitraries.integers().between(0, 2), Arbitraries.integers().between(0, 120_000),
                Arbitraries.integers().between(0, 60_000)).as(Kill::new).list();
    }

    private static SimulatedLedger ledger() {
        shared = shared == null ? new SimulatedLedger() : shared.asNew();
        return shared;
    }
}
