package io.saddlebag.sandbox.crm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.data.StoredRecords;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.Json;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The records of a module, and which of its fields take no duplicates. All organisations share them. */
public final class CrmTable {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxxx");
    private static final ObjectNode PROGRAM = Json.object().put("name", "Sandbox Owner").put("id", "6100000000000000001");
    private static final ObjectNode PERSON = Json.object().put("name", "Asha Person").put("id", "6100000000000000002");

    private final CrmModule module;
    private final StoredRecords records;
    private Set<String> unique;
    private boolean currencies = true;

    CrmTable(CrmModule module, InstantSource clock) {
        this.module = module;
        Set<String> indexed = module.fields().stream().filter(CrmModule.Field::isText).map(CrmModule.Field::apiName)
                .collect(Collectors.toSet());
        records = new StoredRecords("id", module.firstId(), indexed,
                (record, isNew, byPerson) -> stamp(record, isNew, byPerson, clock.instant()), clock);
        reset();
    }

    void reset() {
        records.reset();
        unique = new LinkedHashSet<>(module.unique());
    }

    public CrmModule module() {
        return module;
    }

    public StoredRecords records() {
        return records;
    }

    void currencies(boolean several) {
        currencies = several;
    }

    /** The fields that the account has. */
    List<CrmModule.Field> known() {
        return module.fields().stream().filter(field -> currencies || !field.apiName().equals("Currency")).toList();
    }

    Set<String> unique() {
        return unique;
    }

    /** @throws IllegalArgumentException when the module has no such text field */
    void unique(List<String> fields) {
        for (String field : fields) {
            if (module.field(field).filter(CrmModule.Field::isText).isEmpty()) {
                throw new IllegalArgumentException(module.name() + " has no text field " + field + ".");
            }
        }
        unique = new LinkedHashSet<>(fields);
    }

    /** What the count of writes names the record by. */
    String key(ObjectNode record) {
        return record.path(module.keyField()).asText(record.path(module.nameField()).asText());
    }

    /** Another record that has a value of a unique field of this one; the field's name comes with it. */
    Optional<ObjectNode> taken(ObjectNode sent, String id) {
        for (String field : unique) {
            Optional<ObjectNode> other = records.by(field, sent.path(field)).filter(found -> !found.path("id").asText().equals(id));
            if (other.isPresent()) {
                return Optional.of(Json.object().put("api_name", field).set("record", other.get()));
            }
        }
        return Optional.empty();
    }

    /** {@code GET /settings/fields}. */
    Answer fields() {
        ObjectNode answer = Json.object();
        ArrayNode fields = answer.putArray("fields");
        known().forEach(field -> fields.add(field.described(Long.toString(module.firstId() - 1000 + fields.size()),
                unique.contains(field.apiName()))));
        return Answer.json(200, answer);
    }

    /** The record as a read answers it: every field, null where it is empty. */
    ObjectNode whole(ObjectNode record) {
        ObjectNode whole = Json.object().put("id", record.path("id").asText());
        known().forEach(field -> whole.set(field.apiName(), null));
        return whole.setAll(record);
    }

    /** The parts of a record that a write answers. */
    static ObjectNode details(ObjectNode record) {
        return record.deepCopy().retain("id", "Created_Time", "Modified_Time", "Created_By", "Modified_By");
    }

    static Optional<Instant> time(String text) {
        try {
            return Optional.of(Instant.from(TIME.parse(text)));
        } catch (java.time.DateTimeException notATime) {
            return Optional.empty();
        }
    }

    static boolean isValue(JsonNode value) {
        return !value.isMissingNode() && !value.isNull() && !(value.isTextual() && value.asText().isEmpty());
    }

    private static void stamp(ObjectNode record, boolean isNew, boolean byPerson, Instant now) {
        ObjectNode author = byPerson ? PERSON : PROGRAM;
        String time = TIME.format(now.atOffset(ZoneOffset.ofHoursMinutes(5, 30)));
        if (isNew) {
            record.put("Created_Time", time).set("Created_By", author);
        }
        record.put("Modified_Time", time).set("Modified_By", author);
    }
}
