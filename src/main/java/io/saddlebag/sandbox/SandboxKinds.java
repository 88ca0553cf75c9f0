package io.saddlebag.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/** The kinds of record beside the items, from {@code sandbox/kinds.json}: where each is found, and its records. */
public class SandboxKinds {

    /** An address with what lies behind it. */
    record Place(SandboxKind kind, KindAddress address, SandboxCatalogue records) {
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

    private final Map<String, SandboxCatalogue> catalogues = new LinkedHashMap<>();
    private final Map<String, Place> places = new LinkedHashMap<>();
    private volatile SandboxHabits habits = SandboxHabits.KIND;

    public SandboxKinds(InstantSource clock) {
        ObjectNode awkward = read("/sandbox/awkward-records.json");
        read("/sandbox/kinds.json").get("kinds").forEach(described -> {
            SandboxKind kind = SandboxKind.of((ObjectNode) described);
            Sample sample = SAMPLES.get(kind.name());
            RecordFactory factory =
                    new KindFactory(kind.idKey(), sample.ids(), sample.maker(), awkward.path(kind.name()));
            SandboxCatalogue catalogue = new SandboxCatalogue(factory, kind.records(), 0, clock);
            catalogues.put(kind.name(), catalogue);
            kind.addresses().forEach(address -> places.put(address.path(), new Place(kind, address, catalogue)));
        });
    }

    /** The records of a kind; empty when none has the name. */
    public Optional<SandboxCatalogue> records(String kind) {
        return Optional.ofNullable(catalogues.get(kind));
    }

    /** The records of all kinds, by their names. */
    Map<String, SandboxCatalogue> all() {
        return Map.copyOf(catalogues);
    }

    /** Where a call leads; empty when it is no address of a kind. */
    Optional<Place> at(SandboxRequest request) {
        return Optional.ofNullable(places.get(request.collection()));
    }

    /** How many records there are of each kind. */
    Map<String, Integer> sizes() {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        catalogues.forEach((kind, records) -> sizes.put(kind, records.size()));
        return sizes;
    }

    public SandboxHabits habits() {
        return habits;
    }

    public void change(SandboxHabits changed) {
        habits = changed;
    }

    /** The records of the start, the kinder habits. */
    public void reset() {
        catalogues.values().forEach(SandboxCatalogue::reset);
        habits = SandboxHabits.KIND;
    }

    private static ObjectNode read(String resource) {
        try (InputStream json = SandboxKinds.class.getResourceAsStream(resource)) {
            return SandboxJson.readObject(json.readAllBytes()).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
