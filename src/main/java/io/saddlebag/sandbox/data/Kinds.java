package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.Request;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** The kinds of record beside the items, from {@code sandbox/kinds.json}: where each is found, and its records. */
public class Kinds {

    /** An address, the kind that it belongs to, and the records of that kind. */
    public record Place(Kind kind, KindAddress address, Catalogue records) {
    }

    private record Sample(IdRange ids, IntFunction<ObjectNode> maker) {
    }

    private static final Map<String, Sample> SAMPLES = Map.of(
            "contacts", new Sample(IdRange.CONTACTS, SampleContact::make),
            "invoices", new Sample(IdRange.INVOICES, SampleDocument::invoice),
            "bills", new Sample(IdRange.BILLS, SampleDocument::bill),
            "stock-adjustments", new Sample(IdRange.ADJUSTMENTS, SampleAdjustment::make),
            "price-lists", new Sample(IdRange.PRICE_LISTS, SamplePriceList::make),
            "payments", new Sample(IdRange.PAYMENTS, SamplePayment::make),
            "purchase-orders", new Sample(IdRange.PURCHASE_ORDERS, SampleDocument::purchaseOrder),
            "sales-orders", new Sample(IdRange.SALES_ORDERS, SampleDocument::salesOrder),
            "categories", new Sample(IdRange.CATEGORIES, SampleCategory::make));

    /** Takes each change of a record: where the record is found, {@code add}, {@code edit} or {@code delete}, the whole record. */
    public interface Listener {
        void changed(Place first, String change, Supplier<ObjectNode> record);
    }

    private final InstantSource clock;
    private final Listener listener;
    private volatile Habits habits = Habits.KIND;
    /** By path, in the order of the description. Read at the first call, not at the start: 160 ms in a cold JVM. */
    private Map<String, Place> places;

    /** @param listener gets each change, with the first address of the record's kind */
    public Kinds(InstantSource clock, Listener listener) {
        this.clock = clock;
        this.listener = listener;
    }

    private synchronized Map<String, Place> places() {
        if (places == null) {
            ObjectNode awkward = Json.resource("/sandbox/awkward-records.json");
            Map<String, Place> made = new LinkedHashMap<>();
            Json.resource("/sandbox/kinds.json").get("kinds").forEach(described -> {
                Kind kind = Kind.of((ObjectNode) described);
                Sample sample = SAMPLES.get(kind.name());
                Catalogue records = new Catalogue(new KindFactory(kind.idKey(), sample.ids(), sample.maker(),
                        awkward.path(kind.name())), kind.records(), 0, clock);
                kind.addresses().forEach(address -> made.put(address.path(), new Place(kind, address, records)));
                Place first = made.get(kind.addresses().get(0).path());
                records.onChange((change, record) -> listener.changed(first, change, record));
            });
            places = made;
        }
        return places;
    }

    /** The records of a kind; empty when none has the name. */
    public Optional<Catalogue> records(String kind) {
        return places().values().stream().filter(place -> place.kind().name().equals(kind)).map(Place::records).findFirst();
    }

    /** The address of a kind that the request is for; empty when there is none. */
    public Optional<Place> at(Request request) {
        return Optional.ofNullable(places().get(request.collection()));
    }

    /** How many records there are of each kind. */
    public Map<String, Integer> sizes() {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        places().values().forEach(place -> sizes.put(place.kind().name(), place.records().size()));
        return sizes;
    }

    public Habits habits() {
        return habits;
    }

    public void change(Habits changed) {
        habits = changed;
    }

    /** The records of the start, the kinder habits. */
    public void reset() {
        places().values().forEach(place -> place.records().reset());
        habits = Habits.KIND;
    }
}
