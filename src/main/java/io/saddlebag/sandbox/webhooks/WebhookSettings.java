package io.saddlebag.sandbox.webhooks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.Request;
import io.saddlebag.sandbox.wire.ZohoErrors;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The settings {@code webhooks} and {@code workflows} of Inventory and Books: each organisation has its own. Their fields are
 * those of zoho.com/books/api/v3/webhooks and .../workflows; the shape of an answer, the code of a name that is taken and the
 * values of {@code rule_type} are what public clients send and read. What they need not have told is not here.
 */
public class WebhookSettings {

    /** The modules of Zoho that the sandbox has and a rule may name. Price lists and categories are no modules. */
    static final Set<String> MODULES =
            Set.of("item", "customer", "vendor", "invoice", "bill", "inventory_adjustment", "customer_payment");
    private static final Set<String> RULE_TYPES = Set.of("add", "edit", "add_edit", "delete");
    private static final int NAME_TAKEN = 107051;
    private static final int MOST_OF_A_PAGE = 200;

    /** @param place organisation, API and setting */
    private record Entry(String place, ObjectNode content) {
    }

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private long lastId = 6_000_000_000_700_000L;

    /** Forgets all webhooks and rules. */
    public synchronized void reset() {
        entries.clear();
    }

    /** {@code GET} and {@code POST /settings/webhooks}, {@code PUT} and {@code DELETE /settings/webhooks/{id}}; workflows alike. */
    public synchronized Answer answer(Request request) {
        List<String> path = request.resource();
        boolean webhooks = path.get(1).equals("webhooks");
        if (!webhooks && !path.get(1).equals("workflows")) {
            return ZohoErrors.noSuchPage();
        }
        String place = request.parameter("organization_id") + " " + request.path().split("/")[2] + " " + path.get(1);
        if (path.size() == 2) {
            return request.method().equals("POST") ? write(request, place, null) : list(request, place);
        }
        Entry entry = entries.get(path.get(2));
        if (entry == null || !entry.place.equals(place)) {
            return ZohoErrors.notFound();
        }
        if (request.method().equals("DELETE")) {
            entries.remove(path.get(2));
            return Answer.json(200, Answer.envelope("success"));
        }
        return write(request, place, path.get(2));
    }

    /** The webhooks that the rules for a change in a module send. */
    synchronized List<ObjectNode> due(String module, String change) {
        return entries.values().stream().map(Entry::content)
                .filter(rule -> rule.has("rule_type") && rule.path("is_active").asBoolean()
                        && rule.path("entity").asText().equals(module)
                        && List.of(rule.path("rule_type").asText().split("_")).contains(change))
                .flatMap(rule -> actions(rule).map(id -> entries.get(id)).filter(found -> found != null))
                .map(Entry::content).toList();
    }

    private Answer list(Request request, String place) {
        List<ObjectNode> all = entries.values().stream().filter(entry -> entry.place.equals(place)).map(Entry::content).toList();
        int page = number(request, "page", 1);
        int perPage = Math.min(MOST_OF_A_PAGE, number(request, "per_page", MOST_OF_A_PAGE));
        int from = Math.min(all.size(), (page - 1) * perPage);
        int to = Math.min(all.size(), from + perPage);
        ObjectNode answer = Answer.envelope("success");
        ArrayNode shown = answer.putArray(place.substring(place.lastIndexOf(' ') + 1));
        all.subList(from, to).forEach(content -> shown.add(shown(content)));
        answer.putObject("page_context").put("page", page).put("per_page", perPage).put("has_more_page", to < all.size());
        return Answer.json(200, answer);
    }

    /** @param id of what is changed; null for something new */
    private Answer write(Request request, String place, String id) {
        Optional<ObjectNode> sent = Json.readObject(request.body());
        if (sent.isEmpty()) {
            return ZohoErrors.notJson();
        }
        boolean webhook = place.endsWith("webhooks");
        ObjectNode content = id == null ? Json.object() : entries.get(id).content.deepCopy();
        content.setAll(sent.get());
        String wrong = webhook ? wrongWebhook(content) : wrongRule(content);
        if (wrong != null) {
            return ZohoErrors.invalid(wrong);
        }
        String name = webhook ? "webhook_name" : "workflow_name";
        boolean taken = entries.entrySet().stream().anyMatch(other -> !other.getKey().equals(id)
                && other.getValue().place.equals(place) && other.getValue().content.path(name).equals(content.path(name)));
        if (taken) {
            return Answer.error(400, NAME_TAKEN, "This name exists already: " + content.path(name).asText());
        }
        String key = id == null ? String.valueOf(++lastId) : id;
        content.put(webhook ? "webhook_id" : "workflow_id", key);
        if (!webhook && id == null) {
            content.put("is_active", true);
        }
        entries.put(key, new Entry(place, content));
        return Answer.json(id == null ? 201 : 200, Answer.envelope("success").set(webhook ? "webhook" : "workflow", shown(content)));
    }

    private static String wrongWebhook(ObjectNode webhook) {
        String name = webhook.path("webhook_name").asText();
        return !MODULES.contains(webhook.path("entity").asText()) ? "entity"
                : name.isEmpty() || name.length() > 50 ? "webhook_name"
                : !isAddress(webhook.path("url").asText()) ? "url"
                : webhook.has("secret") && !webhook.path("secret").asText().matches("[0-9A-Za-z]{12,50}") ? "secret" : null;
    }

    private static boolean isAddress(String url) {
        try {
            return new URI(url).getHost() != null && url.matches("https?://.{1,4990}");
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private String wrongRule(ObjectNode rule) {
        return !MODULES.contains(rule.path("entity").asText()) ? "entity"
                : rule.path("workflow_name").asText().isEmpty() ? "workflow_name"
                : !RULE_TYPES.contains(rule.path("rule_type").asText()) ? "rule_type"
                : actions(rule).anyMatch(id -> !entries.containsKey(id)) ? "instant_actions" : null;
    }

    /** Neither the secret nor values of headers; and no rules is an empty text, not an empty list. */
    private ObjectNode shown(ObjectNode content) {
        ObjectNode shown = content.deepCopy();
        shown.remove(List.of("secret", "headers"));
        if (shown.has("webhook_id")) {
            ArrayNode rules = Json.array();
            entries.values().stream().map(Entry::content)
                    .filter(rule -> actions(rule).anyMatch(shown.path("webhook_id").asText()::equals))
                    .forEach(rule -> rules.addObject().set("workflow_id", rule.path("workflow_id")));
            shown.set("related_rules", rules.isEmpty() ? Json.object().textNode("") : rules);
        }
        return shown;
    }

    private static Stream<String> actions(JsonNode rule) {
        return StreamSupport.stream(rule.path("instant_actions").spliterator(), false)
                .filter(action -> action.path("action_type").asText().equals("webhook"))
                .map(action -> action.path("action_id").asText());
    }

    private static int number(Request request, String parameter, int otherwise) {
        String given = request.parameter(parameter);
        return given.matches("[1-9]\\d{0,5}") ? Integer.parseInt(given) : otherwise;
    }
}
