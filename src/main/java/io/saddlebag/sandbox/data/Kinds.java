package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/** The kinds of record beside the items, from {@code sandbox/kinds.json}: where each is found, and its records. */
public class Kinds {

    /** An address with what lies behind it. */
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

    private final Map<String, Catalogue> catalogues = new LinkedHashMap<>();
    private final Map<String, Place> places = new LinkedHashMap<>();
    private volatile Habits habits = Habits.KIND;

    public Kinds(InstantSource clock) {
        ObjectNode awkward = read("/sandbox/awkward-records.json");
        read("/sandbox/kinds.json").get("kinds").forEach(described -> {
            Kind kind = Kind.of((ObjectNode) described);
            Sample sample = SAMPLES.get(kind.name());
            RecordFactory factory =
                    new KindFactory(kind.idKey(), sample.ids(), sample.maker(), awkward.path(kind.name()));
            Catalogue catalogue = new Catalogue(factory, kind.records(), 0, clock);
            catalogues.put(kind.name(), catalogue);
            kind.addresses().forEach(address -> places.put(address.path(), new Place(kind, address, catalogue)));
        });
    }

    /** The records of a kind; empty when none has the name. */
    public Optional<Catalogue> records(String kind) {
        return Optional.ofNullable(catalogues.get(kind));
    }

    /** Every kind, at the first of its addresses. */
    public List<Place> all() {
        return places.values().stream().filter(place -> place.address() == place.kind().addresses().get(0)).toList();
    }

    /** Where a call leads; empty when it is no address of a kind. */
    public Optional<Place> at(Request request) {
        return Optional.ofNullable(places.get(request.collection()));
    }

    /** How many records there are of each kind. */
    public Map<String, Integer> sizes() {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        catalogues.forEach((kind, records) -> sizes.put(kind, records.size()));
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
        catalogues.values().forEach(Catalogue::reset);
        habits = Habits.KIND;
    }

    private static ObjectNode read(String resource) {
        try (InputStream json = Kinds.class.getResourceAsStream(resource)) {
            return Json.readObject(json.readAllBytes()).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
