package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.data.Catalogue;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Records are created, changed and removed in Zoho while a run reads: nothing is lost, nothing wrongly deleted. */
@Tag("sql")
class DriftIT {

    private static final int RECORDS = 60;

    private static SandboxServer zoho;
    private static SaddlebagServer saddlebag;

    /**
     * A list that is filtered and sorted by change, one that is only sorted by it, one that is only filtered by it; two that
     * are neither: by name, and the newest first.
     */
    enum Kind {
        ITEMS("items", "/items", "products", "zoho_item_id", "item_id", "name", "name"),
        CONTACTS("contacts", "/contacts", "customers", "zoho_contact_id", "contact_id", "contact_name", "name"),
        INVOICES("invoices", "/invoices", "invoices", "zoho_invoice_id", "invoice_id", "invoice_number", "invoice_number"),
        PRICE_LISTS("price-lists", "/pricebooks", "price_lists", "zoho_pricebook_id", "pricebook_id", "name", "name"),
        ADJUSTMENTS("stock-adjustments", "/inventoryadjustments", "stock_adjustments", "zoho_adjustment_id",
            "inventory_adjustment_id", "reason", "reason");

        final String entity;
        final String path;
        final String table;
        final String keyColumn;
        final String idKey;
        final String key;
        final String column;

        Kind(String entity, String path, String table, String keyColumn, String idKey, String key, String column) {
            this.entity = entity;
            this.path = path;
            this.table = table;
            this.keyColumn = keyColumn;
            this.idKey = idKey;
            this.key = key;
            this.column = column;
        }

        Catalogue zoho() {
            return this == ITEMS ? zoho.catalogue() : zoho.records(entity);
        }

        /** Read from its first page to its last each time; a record may slide past that. */
        boolean isReadUpwards() {
            return this == PRICE_LISTS || this == ADJUSTMENTS;
        }
    }

    private Kind kind;
    private Random random;
    private final Map<String, String> living = new TreeMap<>();
    private final Set<String> removed = new HashSet<>();
    private final Set<String> renamed = new HashSet<>();
    private final Set<String> touched = new HashSet<>();
    private boolean onlyRemovals;
    private int added;
    private int calls;
    private int made;

    @BeforeAll
    static void start() {
        zoho = SandboxServer.shared();
        saddlebag = SaddlebagServer.start(zoho, "--saddlebag.pull.page-size=10");
    }

    @AfterAll
    static void stop() {
        saddlebag.close();
        zoho.reset();
    }

    @BeforeEach
    void withoutLimits() {
        zoho.catalogue().reset();
        zoho.kinds().reset();
        zoho.faults().clear();
        zoho.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsLostAndNothingWronglyDeletedWhateverHappensWhileARunReads(Kind kind) throws Exception {
        this.kind = kind;
        for (int seed = 1; seed <= (kind.isReadUpwards() ? 3 : 6); seed++) {
            random = new Random(seed);
            asAtTheStart();

            onlyRemovals = false;
            // a first run reads upwards: a record may slide past it for each that is removed, for each that moves in its list,
            // and for each that comes before the pages that are read at one time
            Set<String> there = drifting("full", seed);
            Set<String> missed = new TreeSet<>(there);
            missed.removeAll(rows().keySet());
            assertThat(missed.size()).as("missed by the first run, seed %d", seed).isLessThanOrEqualTo(removed.size() + (kind.isReadUpwards() ? added + renamed.size() : 0));
            pull("full");
            assertThat(rows()).as("after the next full run, seed %d", seed).isEqualTo(living);

            there = drifting("full", seed);
            assertThat(rows().keySet()).as("lived through a full run, seed %d", seed).containsAll(there);
            pull("incremental");
            assertThat(rows()).as("after the next incremental run, seed %d", seed).containsAllEntriesOf(living);

            // a list without filter or order by change is read down and back: it takes a removal while it is read down and a
            // change while it is read back to miss a record, until the next full run
            changeManyLongAgo();
            onlyRemovals = seed % 2 == 1;
            there = drifting("incremental", seed);
            assertThat(rows().keySet()).as("lived through an incremental run, seed %d", seed).containsAll(there);
            pull("incremental");
            assertThat(behind().size()).as("not found by two incremental runs: %s, seed %d", behind(), seed)
                    .isLessThanOrEqualTo(kind == Kind.ITEMS || kind.isReadUpwards() || onlyRemovals ? 0 : removed.size());
            pull("full");
            assertThat(rows()).as("at the end, seed %d", seed).isEqualTo(living);
        }
    }

    /** @return the ids of what was there before the run and after it */
    private Set<String> drifting(String mode, int seed) throws Exception {
        Set<String> before = new TreeSet<>(living.keySet());
        removed.clear();
        renamed.clear();
        added = 0;
        calls = 0;
        try (AutoCloseable drift = zoho.onCall((path, query) -> {
            if (path.contains(kind.path) || path.contains("/itemdetails")) {
                drift();
            }
        })) {
            pull(mode);
        }
        assertThat(saddlebag.count("%s WHERE deleted_at IS NOT NULL AND %s IN ('%s')".formatted(kind.table, kind.keyColumn,
                String.join("','", living.keySet())))).as("wrongly deleted, seed %d", seed).isZero();
        before.retainAll(living.keySet());
        return before;
    }

    /** What happens in Zoho before a call is answered; no more is removed than a run may delete by itself. */
    private void drift() {
        if (calls++ > 12) {
            return;
        }
        for (int actions = random.nextInt(3); actions > 0; actions--) {
            int action = onlyRemovals ? 1 : random.nextInt(4);
            List<String> ids = new ArrayList<>(living.keySet());
            String id = ids.get(random.nextInt(ids.size()));
            if (action == 0) {
                added++;
                add(kind + " new " + ++made, null);
            } else if (action == 1 && removed.size() < 4) {
                kind.zoho().remove(id);
                living.remove(id);
                removed.add(id);
            } else if (!onlyRemovals && (kind != Kind.PRICE_LISTS || renamed.size() < 4)) {
                renamed.add(id);
                change(id, null);
            }
        }
    }

    private void asAtTheStart() {
        saddlebag.empty("products", "customers", "invoices", "price_lists", "stock_adjustments", "dead_letters", "sync_watermarks", "sync_runs",
            "zoho_calls", "record_changes"); // and product_prices
        living.clear();
        touched.clear();
        kind.zoho().resize(0, 0);
        Instant longAgo = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(9, ChronoUnit.DAYS);
        for (int i = 0; i < RECORDS; i++) {
            add(kind + " " + ++made, longAgo.plusSeconds(60 + i / 3));
        }
    }

    /** More than the overlap of the watermark ago: what the next incremental run loses, the one after does not find. */
    private void changeManyLongAgo() {
        saddlebag.database().execute("UPDATE sync_watermarks SET watermark = clock_timestamp() - interval '3 hours'");
        Instant anHourAgo = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(1, ChronoUnit.HOURS);
        List<String> ids = new ArrayList<>(living.keySet());
        ids.removeAll(touched); // a time does not go back
        for (int i = 0; i < Math.min(35, ids.size()); i++) {
            change(ids.get(i), anHourAgo.plusSeconds(i / 3));
        }
    }

    private void add(String name, Instant time) {
        ObjectNode record = record(name, time).put(kind.idKey, String.valueOf(70_000 + made));
        if (time != null) {
            record.put("created_time", zohoTime(time));
        }
        living.put(kind.zoho().add(record), name);
        if (time == null) {
            touched.add(record.get(kind.idKey).asText());
        }
    }

    private void change(String id, Instant time) {
        String name = kind + " changed " + ++made;
        kind.zoho().change(id, record(name, time), Set.of(), true);
        living.put(id, name);
        if (time == null) {
            touched.add(id);
        }
    }

    private ObjectNode record(String name, Instant time) {
        ObjectNode record = JsonNodeFactory.instance.objectNode().put(kind.key, name);
        return time == null ? record : record.put("last_modified_time", zohoTime(time));
    }

    private static String zohoTime(Instant time) {
        return time.toString().replace("Z", "+0000");
    }

    private void pull(String mode) {
        JsonNode run = saddlebag.pull(kind.entity, mode);
        assertThat(run.get("status").asText()).as(run.toString()).isEqualTo("succeeded");
    }

    /** The ids of which Zoho has a newer version. */
    private Set<String> behind() {
        Map<String, String> rows = rows();
        Set<String> behind = new TreeSet<>(living.keySet());
        behind.removeIf(id -> living.get(id).equals(rows.get(id)));
        return behind;
    }

    /** What is there and not deleted, by id. */
    private Map<String, String> rows() {
        Map<String, String> rows = new TreeMap<>();
        saddlebag.database().query("SELECT %s, %s FROM %s WHERE deleted_at IS NULL AND %1$s IS NOT NULL"
                .formatted(kind.keyColumn, kind.column, kind.table), row -> {
                    rows.put(row.getString(1), row.getString(2));
                });
        return rows;
    }
}
