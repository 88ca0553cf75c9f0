package io.saddlebag.organisations;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.saddlebag.problem.ApiException;
import io.saddlebag.push.Targets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Switches push targets of an organisation on and off, and keeps what their SQL files read of it. */
@Component("pushSettings")
public class PushSettings {

    private static final Set<String> STATES = Set.of("on", "off");
    private static final String ID = "[0-9]{1,30}";
    private static final String CUSTOM_FIELD = "cf_[a-z0-9_]{1,60}";
    private static final String FIELDS = "customFields";
    private static final String FORM = "must be like {\"salesorder\": \"460000000099001\"}: by kind of document the id of its custom field; null for none";
    /** By name the form of a setting. */
    private static final Map<String, String> SETTINGS = new TreeMap<>(Map.of("uniqueField", CUSTOM_FIELD, "uniqueFieldProved", CUSTOM_FIELD, "accountId", ID, "purchaseAccountId", ID,
        "inventoryAccountId", ID, "taxId", ID, "locationId", ID));

    private final JsonMapper json = new JsonMapper();
    private final Targets targets;
    private final JdbcTemplate database;

    PushSettings(Targets targets, JdbcTemplate database) {
        this.targets = targets;
        this.database = database;
    }

    /**
     * @param value by target on or off, by setting its value; null removes a setting
     * @throws ApiException 400 for anything else
     */
    Map<String, Object> read(JsonNode value) {
        if (!value.isObject()) {
            throw bad("push", "must be like {\"crm-products\": \"on\", \"uniqueField\": \"cf_own_reference\"}");
        }
        Map<String, Object> given = new LinkedHashMap<>();
        value.fields().forEachRemaining(one -> given.put(one.getKey(),
            one.getKey().equals(FIELDS) ? fields(one.getValue()) : text(one.getKey(), one.getValue())));
        return given;
    }

    private String text(String name, JsonNode value) {
        String form = SETTINGS.get(name);
        if (form == null && !targets.has(name)) {
            throw bad("push." + name, "neither a push target nor a setting of pushes. The targets are " + String.join(", ", targets.names())
                + "; the settings are " + String.join(", ", SETTINGS.keySet()) + ", " + FIELDS);
        }
        if (form == null && !(value.isTextual() && STATES.contains(value.textValue()))) {
            throw bad("push." + name, "must be \"on\" or \"off\"");
        }
        if (form != null && !value.isNull() && !(value.isTextual() && value.textValue().matches(form))) {
            throw bad("push." + name, form.equals(CUSTOM_FIELD) ? "must be the api name of a custom field, such as cf_own_reference; null for none"
                : "must be an id as Zoho shows it: digits, as text; null for none");
        }
        return value.isNull() ? null : value.textValue();
    }

    /** @return the ids of Books' custom fields by kind of document */
    private static Map<String, String> fields(JsonNode value) {
        Map<String, String> fields = new TreeMap<>();
        value.fields().forEachRemaining(one -> {
            if (!one.getKey().matches("[a-z]{1,30}") || !one.getValue().isTextual() || !one.getValue().textValue().matches(ID)) {
                throw bad("push." + FIELDS, FORM);
            }
            fields.put(one.getKey(), one.getValue().textValue());
        });
        if (!value.isNull() && !value.isObject()) {
            throw bad("push." + FIELDS, FORM);
        }
        return value.isNull() ? null : fields;
    }

    /**
     * Within the caller's transaction.
     *
     * @param given as {@link #read} gave it
     * @throws ApiException 409 for a target without a plan of its present mapping, or whose check found that Zoho cannot take it
     */
    void change(String org, Map<String, Object> given) {
        Map<String, Object> settings = new HashMap<>();
        given.forEach((name, value) -> {
            if (SETTINGS.containsKey(name) || name.equals(FIELDS)) {
                settings.put(name, value);
            } else {
                switchTarget(org, name, (String) value);
            }
        });
        if (!settings.isEmpty()) {
            try {
                database.update("UPDATE organisations SET push = jsonb_strip_nulls(push || CAST(? AS jsonb)), updated_at = clock_timestamp() WHERE org_id = ?",
                    json.writeValueAsString(settings), org);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void switchTarget(String org, String target, String state) {
        if (state.equals("on")) {
            String refused = database.queryForObject("SELECT CASE WHEN NOT EXISTS (SELECT FROM push_targets t WHERE t.org_id = o.org_id AND t.target = ? "
                + "AND t.state = 'on') THEN push_not_ready_because(o.org_id, ?, ?) END FROM organisations o WHERE o.org_id = ?", String.class,
                target, target, targets.of(target).mapping(), org);
            if (refused != null) {
                throw new ApiException(409, "push." + target + ": " + newestPlan(org, target) + refused, Map.of("field", "push." + target));
            }
        }
        database.update("INSERT INTO push_targets AS t (org_id, target, state, released_by, released_at) VALUES (?, ?, ?, 'staff', clock_timestamp()) "
            + "ON CONFLICT (org_id, target) DO UPDATE SET state = EXCLUDED.state, released_by = EXCLUDED.released_by, released_at = EXCLUDED.released_at, "
            + "updated_at = clock_timestamp() WHERE t.state <> EXCLUDED.state", org, target, state);
    }

    /** @return that the newest plan of all rows is under way, or why it failed; otherwise nothing */
    private String newestPlan(String org, String target) {
        return database.queryForList("""
            SELECT CASE status WHEN 'running' THEN format('The plan run %s is under way, so switch the target on after its end. ', id)
                               WHEN 'succeeded' THEN '' ELSE format('The plan run %s %s: %s. ', id, status, coalesce(rtrim(error, '.'), 'no reason is known')) END
              FROM sync_runs WHERE org = ? AND entity = ? AND mode = 'push' AND dry_run AND request - 'force' = '{}' ORDER BY started_at DESC, id DESC LIMIT 1""",
            String.class, org, target).stream().findFirst().orElse("");
    }

    private static ApiException bad(String field, String problem) {
        return ApiException.ofField(400, field, problem);
    }
}
