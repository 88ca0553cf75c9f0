package io.saddlebag.sandbox.billing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.data.StoredRecords;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.Request;
import io.saddlebag.sandbox.wire.ZohoTime;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All that Zoho Billing remembers. All organisations share it. */
public class Billing {

    /** A resource and its records. */
    record Place(BillingResource resource, StoredRecords records) {

        Optional<ObjectNode> find(String key) {
            return resource.key().equals(resource.idKey()) ? records.find(key) : records.by(resource.key(), Json.tree(key));
        }
    }

    private final InstantSource clock;
    private Map<String, Place> places;

    public Billing(InstantSource clock) {
        this.clock = clock;
    }

    /** By name, in the order of the description, which is read at the first call. */
    private synchronized Map<String, Place> places() {
        if (places == null) {
            Map<String, Place> made = new LinkedHashMap<>();
            Json.resource("/sandbox/billing.json").get("resources").forEach(described -> {
                BillingResource resource = Json.value(described, BillingResource.class);
                Set<String> indexed = new HashSet<>(Set.of(resource.key()));
                resource.unique().forEach(unique -> indexed.add(unique.key()));
                made.put(resource.name(), new Place(resource, new StoredRecords(resource.idKey(), resource.firstId(), indexed,
                        (record, isNew, byPerson) -> stamp(record, isNew), clock)));
            });
            places = made;
        }
        return places;
    }

    private void stamp(ObjectNode record, boolean isNew) {
        String now = ZohoTime.write(clock.instant().getEpochSecond());
        if (isNew) {
            record.put("created_time", now);
        }
        record.put("updated_time", now);
    }

    Optional<Place> place(String resource) {
        return Optional.ofNullable(places().get(resource));
    }

    /** The records of a resource; empty when there is no such resource. */
    public Optional<StoredRecords> records(String resource) {
        return place(resource).map(Place::records);
    }

    /** The scopes that open an address of Billing, without the operation; none where there is no such address. */
    public List<String> scopes(Request request) {
        return request.collection().startsWith("/billing/v1/")
                ? place(request.resource().get(0)).map(place -> List.of(place.resource().scope())).orElse(List.of()) : List.of();
    }

    public void reset() {
        places().values().forEach(place -> place.records().reset());
    }
}
