package io.saddlebag.sandbox.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.sandbox.wire.Json;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A sandbox that starts again has no records, and gives none the id of a record that was there before. */
class NewIdsTest {

    private static final Instant START = Instant.parse("2026-11-30T08:00:00Z");

    @Test
    void aSandboxThatStartsAgainGivesNoIdTwice() {
        Set<String> ids = new HashSet<>();
        for (int start = 0; start < 2; start++) {
            InstantSource clock = InstantSource.fixed(START.plusSeconds(5L * start));
            Catalogue items = new Catalogue(new ItemFactory(), 10, 0, clock);
            StoredRecords plans = new StoredRecords("plan_id", 17, Set.of(), (record, isNew, byPerson) -> { }, clock);
            for (int record = 0; record < 100; record++) {
                assertThat(ids.add(items.add(Json.object()))).isTrue();
                assertThat(ids.add(plans.add(Json.object(), false).get("plan_id").asText())).isTrue();
            }
            plans.reset();
            assertThat(ids.add(plans.add(Json.object(), false).get("plan_id").asText())).isTrue();
        }
    }

    @Test
    void aNewItemIsFoundByItsId() {
        Catalogue items = new Catalogue(new ItemFactory(), 10, 0, InstantSource.system());
        List<String> ids = List.of(items.add(Json.object().put("name", "First")), items.add(Json.object().put("name", "Second")));

        assertThat(items.find(ids.get(0)).orElseThrow().get("name").asText()).isEqualTo("First");
        assertThat(items.find(ids.get(1)).orElseThrow().get("name").asText()).isEqualTo("Second");
        assertThat(ids.get(1)).hasSize(19).isGreaterThan(ids.get(0));
    }
}
