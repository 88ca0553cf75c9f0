package io.saddlebag.sandbox.meta;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.data.StoredRecords;
import io.saddlebag.sandbox.limits.WriteLog;
import io.saddlebag.sandbox.limits.WriteLog.Action;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.MetaErrors;
import io.saddlebag.sandbox.wire.Request;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One catalogue, and what became of each batch. */
public class MetaCatalogue {

    /** Anybody may read it: it opens nothing but the sandbox. */
    public static final String TOKEN = "sandbox-meta-token";
    public static final String ID = "600000000000009";

    private static final List<String> REQUIRED = List.of("title", "description", "availability", "condition", "price", "link");
    private static final int LONGEST_TITLE = 100;
    private static final int LONGEST_DESCRIPTION = 5000;

    private static final class Batch {
        private final long at;
        private final Map<String, String> errors = new LinkedHashMap<>();
        private int polls;

        private Batch(long at) {
            this.at = at;
        }
    }

    private final InstantSource clock;
    private final WriteLog written;
    private final StoredRecords items;
    private final Map<String, Batch> batches = new HashMap<>();
    private MetaHabits habits = MetaHabits.USUAL;

    public MetaCatalogue(WriteLog written, InstantSource clock) {
        this.written = written;
        this.clock = clock;
        items = new StoredRecords("fb_id", 7_000_000_000_000_001L, Set.of("id"), (record, isNew, byPerson) -> { }, clock);
    }

    public StoredRecords items() {
        return items;
    }

    public synchronized MetaHabits habits() {
        return habits;
    }

    public synchronized void change(MetaHabits changed) {
        habits = changed;
    }

    /** Why a call is not let in: its token, or a catalogue that is not there. */
    public Optional<Answer> refusal(Request request) {
        String token = request.authorization().startsWith("Bearer ") ? request.authorization().substring("Bearer ".length())
                : request.parameter("access_token");
        if (!token.equals(TOKEN)) {
            return Optional.of(MetaErrors.invalidToken());
        }
        String id = request.resource().get(0);
        return id.equals(ID) ? Optional.empty() : Optional.of(MetaErrors.unknown(id));
    }

    /** {@code GET /{catalog}?fields=id,name}. */
    public Answer read(Request request) {
        ObjectNode catalogue = Json.object().put("id", ID).put("name", "Saddlebag Sandbox").put("product_count", items.all(0).size())
                .put("vertical", "commerce");
        String fields = request.parameter("fields").isEmpty() ? "name" : request.parameter("fields");
        return Answer.json(200, catalogue.retain(List.of(("id," + fields).split(","))));
    }

    /** {@code POST /{catalog}/items_batch}: accepted with a handle; what is wrong is told at once or when the handle is asked. */
    public synchronized Answer batch(Request request) {
        Optional<ObjectNode> body = Json.readObject(request.body());
        JsonNode requests = body.map(sent -> sent.path("requests")).orElse(Json.array());
        if (!requests.isArray() || requests.isEmpty() || !body.orElseThrow().path("item_type").asText().equals("PRODUCT_ITEM")) {
            return MetaErrors.invalid("Param requests must be a non-empty array, param item_type must be PRODUCT_ITEM");
        }
        if (requests.size() > habits.most()) {
            return MetaErrors.fault(1);
        }
        written.batch("POST /meta/items_batch", requests.size());
        boolean upsert = body.get().path("allow_upsert").asBoolean(true);
        Batch batch = new Batch(clock.millis());
        ObjectNode answer = Json.object();
        String handle = "sandbox-handle-" + (batches.size() + 1);
        answer.putArray("handles").add(handle);
        ArrayNode validation = answer.putArray("validation_status");
        for (JsonNode one : requests) {
            String id = one.path("data").path("id").asText();
            if (habits.validations().containsKey(id)) {
                ObjectNode status = validation.addObject().put("retailer_id", id);
                status.putArray("errors").addObject().put("message", habits.validations().get(id));
                status.putArray("warnings");
            } else {
                String wrong = apply(one.path("method").asText(), id, one.path("data"), upsert);
                if (wrong != null) {
                    batch.errors.put(id, wrong);
                }
            }
        }
        batches.put(handle, batch);
        return Answer.json(200, answer);
    }

    /** {@code GET /{catalog}/check_batch_request_status?handle=&load_ids_of_invalid_requests=true}. */
    public synchronized Answer status(Request request) {
        String handle = request.parameter("handle");
        Batch batch = batches.get(handle);
        if (batch == null) {
            return MetaErrors.invalid("Invalid handle: " + handle);
        }
        boolean finished = batch.polls++ >= habits.polls() && clock.millis() - batch.at >= habits.ms();
        Map<String, String> errors = finished ? batch.errors : Map.of();
        ObjectNode answer = Json.object();
        ObjectNode status = answer.putArray("data").addObject().put("handle", handle).put("status", finished ? "finished" : "started")
                .put("errors_total_count", errors.size()).put("warnings_total_count", 0);
        ArrayNode told = status.putArray("errors");
        errors.forEach((id, message) -> told.addObject().put("line", 0).put("id", id).put("message", message));
        status.putArray("warnings");
        if (request.parameter("load_ids_of_invalid_requests").equals("true")) {
            ArrayNode ids = status.putArray("ids_of_invalid_requests");
            errors.keySet().forEach(ids::add);
        }
        return Answer.json(200, answer);
    }

    public synchronized void reset() {
        items.reset();
        batches.clear();
        habits = MetaHabits.USUAL;
    }

    /** Carries a request out; what is wrong with it, or null. */
    private String apply(String method, String id, JsonNode data, boolean upsert) {
        if (habits.errors().containsKey(id)) {
            return habits.errors().get(id);
        }
        ObjectNode old = items.by("id", Json.tree(id)).filter(found -> found.path("id").asText().equals(id)).orElse(null);
        String fbId = old == null ? "" : old.path("fb_id").asText();
        if (id.isEmpty() || !method.matches("CREATE|UPDATE|DELETE")) {
            return id.isEmpty() ? "id is missing" : "method is CREATE, UPDATE or DELETE";
        }
        if (old == null && (method.equals("DELETE") || method.equals("UPDATE") && !upsert)) {
            return "The product " + id + " does not exist";
        }
        if (method.equals("DELETE")) {
            items.remove(fbId);
            written.note("meta", "products", id, fbId, Action.DELETE, null);
            return null;
        }
        ObjectNode sent = data.deepCopy();
        ObjectNode whole = old == null ? sent : old.deepCopy().setAll(sent);
        String wrong = wrong(whole);
        if (wrong == null) {
            String written = old == null ? items.add(sent, false).path("fb_id").asText()
                    : items.change(fbId, sent, false).orElseThrow().path("fb_id").asText();
            this.written.note("meta", "products", id, written, old == null ? Action.CREATE : Action.UPDATE, sent);
        }
        return wrong;
    }

    private static String wrong(ObjectNode item) {
        Optional<String> missing = REQUIRED.stream().filter(key -> item.path(key).asText().isBlank()).findFirst();
        if (missing.isPresent()) {
            return "A required field is missing: " + missing.get();
        }
        if (item.path("image_link").asText().isBlank() && item.at("/image/0/url").asText().isBlank()) {
            return "A required field is missing: image_link";
        }
        String price = item.path("price").asText();
        String description = item.path("description").asText();
        return !price.matches("\\d+(\\.\\d+)? [A-Z]{3}") || price.matches("[0.]+ .*") ? "price is not valid: " + price
                : item.path("title").asText().length() > LONGEST_TITLE ? "title is longer than " + LONGEST_TITLE + " characters"
                : description.length() > LONGEST_DESCRIPTION ? "description is longer than " + LONGEST_DESCRIPTION + " characters"
                : description.matches("(?s)\\P{Ll}*\\p{Lu}\\P{Ll}*") ? "description is in capitals only" : null;
    }
}
