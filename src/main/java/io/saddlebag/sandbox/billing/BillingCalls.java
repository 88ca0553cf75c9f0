package io.saddlebag.sandbox.billing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.billing.Billing.Place;
import io.saddlebag.sandbox.faults.Refusals;
import io.saddlebag.sandbox.limits.WriteLog;
import io.saddlebag.sandbox.limits.WriteLog.Action;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.Request;
import io.saddlebag.sandbox.wire.ZohoErrors;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/** What Billing answers. One record a call; a list has no filter by the client's own code. */
public class BillingCalls {

    private static final int MOST_OF_A_PAGE = 200;

    private final Billing billing;
    private final WriteLog written;
    private final Refusals refusals;

    public BillingCalls(Billing billing, WriteLog written, Refusals refusals) {
        this.billing = billing;
        this.written = written;
        this.refusals = refusals;
    }

    /** {@code GET /plans}: the oldest first. */
    public Answer list(Request request, long lagMs) {
        return at(request, place -> {
            String[] filter = request.parameter("filter_by").toLowerCase(Locale.ROOT).split("\\.");
            String status = filter[filter.length - 1].matches("active|inactive") ? filter[filter.length - 1] : "";
            String search = request.parameter("search_text").toLowerCase(Locale.ROOT);
            List<ObjectNode> found = place.records().all(lagMs).stream()
                    .filter(record -> status.isEmpty() || record.path("status").asText().equals(status))
                    .filter(record -> record.path("name").asText().toLowerCase(Locale.ROOT).contains(search))
                    .filter(record -> place.resource().filters().stream().allMatch(key -> request.parameter(key).isEmpty()
                            || record.path(key).asText().equals(request.parameter(key)))).toList();
            int page = number(request, "page", 1);
            int perPage = Math.min(MOST_OF_A_PAGE, number(request, "per_page", MOST_OF_A_PAGE));
            int from = (int) Math.min(found.size(), (page - 1L) * perPage);
            int to = Math.min(found.size(), from + perPage);
            ObjectNode answer = Answer.envelope("success");
            answer.putArray(place.resource().name()).addAll(found.subList(from, to));
            answer.putObject("page_context").put("page", page).put("per_page", perPage).put("has_more_page", to < found.size());
            return Answer.json(200, answer);
        });
    }

    /** {@code GET /plans/{code}}. */
    public Answer read(Request request) {
        return known(request, (place, record) -> answer(200, "success", place, record));
    }

    /** {@code POST /plans}. */
    public Answer create(Request request) {
        return at(request, place -> sent(request, sent -> {
            BillingResource resource = place.resource();
            Optional<Answer> wrong = wrong(place, sent, null, resource.required());
            if (wrong.isPresent()) {
                return wrong.get();
            }
            ObjectNode record = place.records().add(resource.defaults().deepCopy().setAll(sent), false);
            note(place, record, Action.CREATE, sent);
            return answer(201, resource.created(), place, record);
        }));
    }

    /** {@code PUT /plans/{code}}: the keys that are sent change; what cannot be updated is ignored. */
    public Answer update(Request request) {
        return known(request, (place, old) -> sent(request, sent -> {
            BillingResource resource = place.resource();
            List<String> required = resource.required().stream()
                    .filter(key -> key.equals(resource.key()) || !resource.notUpdated().contains(key)).toList();
            Optional<Answer> wrong = wrong(place, sent, old, required);
            if (wrong.isPresent()) {
                return wrong.get();
            }
            ObjectNode record = place.records().change(old.path(resource.idKey()).asText(),
                    sent.deepCopy().without(resource.notUpdated()), false).orElseThrow();
            note(place, record, Action.UPDATE, sent);
            return answer(200, resource.updated(), place, record);
        }));
    }

    /** {@code DELETE /plans/{code}}. */
    public Answer delete(Request request) {
        return known(request, (place, record) -> {
            place.records().remove(record.path(place.resource().idKey()).asText());
            note(place, record, Action.DELETE, null);
            return Answer.json(200, Answer.envelope(place.resource().deleted()));
        });
    }

    /** {@code POST /plans/{code}/markasinactive} and the like. */
    public Answer mark(Request request) {
        String mark = request.resource().get(2);
        return known(request, (place, record) -> {
            String message = place.resource().marks().get(mark);
            if (message == null) {
                return ZohoErrors.noSuchPage();
            }
            ObjectNode set = Json.object().put("status", mark.endsWith("inactive") ? "inactive" : "active");
            place.records().change(record.path(place.resource().idKey()).asText(), set, false);
            note(place, record, Action.UPDATE, set);
            return Answer.json(200, Answer.envelope(message));
        });
    }

    private Optional<Answer> wrong(Place place, ObjectNode sent, ObjectNode old, List<String> required) {
        BillingResource resource = place.resource();
        String key = sent.path(resource.keyField()).asText(sent.path("name").asText());
        Optional<String> refused = refusals.of(key);
        if (refused.isPresent()) {
            return Optional.of(ZohoErrors.refused(refused.get()));
        }
        Stream<String> missing = required.stream().filter(name -> sent.path(name).asText().isEmpty() && sent.path(name).isEmpty());
        Stream<String> noNumber = resource.numbers().stream()
                .filter(name -> sent.hasNonNull(name) && !sent.get(name).asText().matches("-?\\d+(\\.\\d+)?"));
        Stream<String> tooLong = resource.longest().entrySet().stream()
                .filter(most -> sent.path(most.getKey()).asText().length() > most.getValue()).map(most -> most.getKey());
        Stream<String> unknown = resource.refers().entrySet().stream().filter(other -> sent.hasNonNull(other.getKey())
                && (old == null || !resource.notUpdated().contains(other.getKey()))
                && billing.place(other.getValue()).orElseThrow().find(sent.get(other.getKey()).asText()).isEmpty())
                .map(other -> other.getKey());
        Stream<String> unlisted = resource.lists().entrySet().stream().filter(other -> isUnlisted(sent, other.getKey(), other.getValue()))
                .map(other -> other.getKey());
        Optional<String> invalid = Stream.of(missing, noNumber, tooLong, unknown, unlisted).flatMap(found -> found).findFirst();
        return invalid.map(ZohoErrors::invalid).or(() -> resource.unique().stream()
                .filter(unique -> place.records().by(unique.key(), sent.path(unique.key())).filter(other -> other != old).isPresent())
                .findFirst().map(unique -> Answer.error(400, unique.code(), unique.message())));
    }

    /** An addon that is not for all plans names plans, and each of them is there. */
    private boolean isUnlisted(ObjectNode sent, String resource, String key) {
        JsonNode listed = sent.path(resource);
        boolean needed = sent.has("applicable_to_all_plans") && !sent.get("applicable_to_all_plans").asBoolean();
        Place place = billing.place(resource).orElseThrow();
        for (JsonNode one : listed) {
            if (place.find(one.path(key).asText()).isEmpty()) {
                return true;
            }
        }
        return needed && listed.isEmpty();
    }

    private void note(Place place, ObjectNode record, Action action, ObjectNode sent) {
        BillingResource resource = place.resource();
        String key = record.path(resource.keyField()).asText();
        written.note("billing", resource.name(), key.isEmpty() ? record.path("name").asText() : key,
                record.path(resource.idKey()).asText(), action, sent);
    }

    /** One call at a time: of two creates with one code the second is refused. */
    private Answer at(Request request, Function<Place, Answer> action) {
        synchronized (billing) {
            return billing.place(request.resource().get(0)).map(action).orElseGet(ZohoErrors::noSuchPage);
        }
    }

    private Answer known(Request request, BiFunction<Place, ObjectNode, Answer> action) {
        return at(request, place -> place.find(request.resource().get(1)).map(record -> action.apply(place, record))
                .orElseGet(() -> Answer.error(404, place.resource().gone().code(), place.resource().gone().message())));
    }

    private static Answer sent(Request request, Function<ObjectNode, Answer> action) {
        return Json.readObject(request.body()).map(action).orElseGet(ZohoErrors::notJson);
    }

    private static Answer answer(int status, String message, Place place, ObjectNode record) {
        return Answer.json(status, Answer.envelope(message).set(place.resource().recordKey(), record));
    }

    private static int number(Request request, String parameter, int otherwise) {
        String given = request.parameter(parameter);
        return given.matches("[1-9]\\d{0,5}") ? Integer.parseInt(given) : otherwise;
    }
}
