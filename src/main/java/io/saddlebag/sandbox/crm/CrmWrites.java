package io.saddlebag.sandbox.crm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.sandbox.faults.Refusals;
import io.saddlebag.sandbox.limits.WriteLog.Action;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.CrmErrors;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.Request;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Inserts, updates, upserts and deletes of records, each with an outcome of its own. */
public class CrmWrites {

    /** What a call does to the records that it carries. */
    public enum Mode { INSERT, UPDATE, UPSERT }

    private static final int MOST = 100;

    private final Crm crm;
    private final Refusals refusals;

    public CrmWrites(Crm crm, Refusals refusals) {
        this.crm = crm;
        this.refusals = refusals;
    }

    /** {@code POST /Products}, {@code PUT /Products}, {@code PUT /Products/{id}}, {@code POST /Products/upsert}. */
    public Answer write(Request request, String organisation, Mode mode, Fault fault) {
        CrmTable table = crm.table(request.resource().get(0)).orElseThrow();
        Optional<ObjectNode> body = Json.readObject(request.body());
        if (body.isEmpty()) {
            return CrmErrors.notJson();
        }
        JsonNode data = body.get().path("data");
        if (!data.isArray() || data.isEmpty()) {
            return CrmErrors.refusal(400, "MANDATORY_NOT_FOUND", Json.object().put("api_name", "data").put("json_path", "$.data"),
                    "required field not found");
        }
        String address = request.method() + " " + request.path().substring("/sandbox".length());
        crm.written().batch(address, data.size());
        if (data.size() > MOST) {
            return CrmErrors.refusal(400, "LIMIT_EXCEEDED", Json.object().put("limit", MOST).put("api_name", "data"),
                    "the number of records exceeds the maximum of 100");
        }
        if (!crm.pay(organisation, (data.size() + 9) / 10)) {
            return CrmErrors.tooManyRequests();
        }
        boolean one = mode == Mode.UPDATE && request.resource().size() == 2;
        if (one) {
            ((ObjectNode) data.get(0)).put("id", request.resource().get(1));
        }
        synchronized (crm) {
            return one && isModified(table, data.get(0), request.header("If-Unmodified-Since"))
                    ? CrmErrors.refusal(412, "ALREADY_MODIFIED", "The record has been already modified")
                    : new Batch(table, mode, body.get(), fault).answer();
        }
    }

    /** {@code DELETE /Products?ids=a,b} and {@code DELETE /Products/{id}}. */
    public Answer delete(Request request, String organisation) {
        CrmTable table = crm.table(request.resource().get(0)).orElseThrow();
        List<String> ids = List.of((request.resource().size() == 2 ? request.resource().get(1) : request.parameter("ids")).split(","));
        if (ids.size() > MOST || !crm.pay(organisation, (ids.size() + 9) / 10)) {
            return ids.size() > MOST ? CrmErrors.refusal(400, "LIMIT_EXCEEDED", "the number of ids exceeds the maximum of 100")
                    : CrmErrors.tooManyRequests();
        }
        ArrayNode results = Json.array();
        for (String id : ids) {
            Optional<ObjectNode> record = table.records().find(id);
            record.ifPresent(found -> {
                table.records().remove(id);
                crm.written().note("crm", table.module().name(), table.key(found), id, Action.DELETE, null);
            });
            results.add(record.isPresent()
                    ? success("record deleted").set("details", Json.object().put("id", id))
                    : CrmErrors.error("INVALID_DATA", Json.object().put("id", id), "the id given seems to be invalid"));
        }
        return answer(results, 200);
    }

    private static boolean isModified(CrmTable table, JsonNode sent, String since) {
        Optional<Instant> limit = CrmTable.time(since);
        return limit.isPresent() && table.records().find(sent.path("id").asText())
                .flatMap(record -> CrmTable.time(record.path("Modified_Time").asText())).filter(limit.get()::isBefore).isPresent();
    }

    private Answer answer(ArrayNode results, int good) {
        long bad = 0;
        for (JsonNode result : results) {
            bad += result.path("status").asText().equals("error") ? 1 : 0;
        }
        int status = bad == 0 ? good : bad == results.size() ? 400 : crm.habits().mixedStatus();
        return Answer.json(status, Json.object().set("data", results)).withCode(bad == results.size() ? 400 : 0);
    }

    private static ObjectNode success(String message) {
        return Json.object().put("code", "SUCCESS").put("message", message).put("status", "success");
    }

    /** The records of one call. */
    private final class Batch {

        private final CrmTable table;
        private final Mode mode;
        private final ObjectNode body;
        private final boolean duplicates;
        private final List<String> checked = new ArrayList<>();

        private Batch(CrmTable table, Mode mode, ObjectNode body, Fault fault) {
            this.table = table;
            this.mode = mode;
            this.body = body;
            this.duplicates = fault != null && fault.kind() == Fault.Kind.DUPLICATE;
        }

        private Answer answer() {
            String nameField = table.module().nameField();
            for (JsonNode named : body.path("duplicate_check_fields")) {
                String field = named.asText();
                if (field.equals(nameField) || table.unique().contains(field)) {
                    checked.add(field);
                } else if (crm.habits().foreignCheck().equals("refuse")) {
                    return CrmErrors.refusal(400, "INVALID_DATA", Json.object().put("api_name", "duplicate_check_fields")
                            .put("json_path", "$.duplicate_check_fields"), "invalid data");
                }
            }
            if (body.path("duplicate_check_fields").isEmpty()) {
                checked.add(nameField);
            }
            table.unique().stream().filter(field -> !checked.contains(field)).forEach(checked::add);
            for (JsonNode sent : body.get("data")) {
                String key = sent instanceof ObjectNode record ? table.key(record) : "";
                if (refusals.ofCall(key).isPresent()) {
                    ObjectNode refusal = CrmErrors.error(refusals.ofCall(key).get(), Json.object().put("api_name", table.module().keyField()), "invalid data");
                    return Answer.json(400, crm.habits().refusalInList() ? Json.object().set("data", Json.array().add(refusal)) : refusal).withCode(400);
                }
            }
            ArrayNode results = Json.array();
            for (JsonNode sent : body.get("data")) {
                results.add(outcome(sent, "$.data[" + results.size() + "]"));
            }
            return CrmWrites.this.answer(results, mode == Mode.INSERT ? 201 : 200);
        }

        private ObjectNode outcome(JsonNode given, String path) {
            if (!(given instanceof ObjectNode sent)) {
                return error("INVALID_DATA", "", path, Json.object().put("expected_data_type", "jsonobject"), "invalid data");
            }
            String field = null;
            ObjectNode old = null;
            if (mode == Mode.UPDATE || mode == Mode.UPSERT && sent.has("id")) {
                if (!sent.has("id")) {
                    return error("MANDATORY_NOT_FOUND", "id", path, Json.object(), "required field not found");
                }
                old = table.records().find(sent.path("id").asText()).orElse(null);
                if (old == null) {
                    return error("INVALID_DATA", "id", path, Json.object(), "the id given seems to be invalid");
                }
            } else if (mode == Mode.UPSERT) {
                field = checked.stream().filter(name -> table.records().by(name, sent.path(name)).isPresent()).findFirst().orElse(null);
                old = field == null ? null : table.records().by(field, sent.path(field)).orElseThrow();
            }
            ObjectNode wrong = wrong(sent, old, path);
            return wrong == null ? written(sent, old, field) : wrong;
        }

        private ObjectNode wrong(ObjectNode sent, ObjectNode old, String path) {
            String key = table.key(sent).isEmpty() && old != null ? table.key(old) : table.key(sent);
            Optional<String> refused = refusals.of(key);
            if (refused.isPresent()) {
                return error(refused.get(), table.module().keyField(), path, Json.object(),
                        refused.get().equals("RECORD_LOCKED") ? "record is locked" : "invalid data");
            }
            for (CrmModule.Field field : table.known()) {
                JsonNode value = sent.path(field.apiName());
                boolean empties = sent.has(field.apiName()) || old == null;
                if (field.mandatory() && empties && !CrmTable.isValue(value)) {
                    return error("MANDATORY_NOT_FOUND", field.apiName(), path, Json.object(), "required field not found");
                }
                ObjectNode reason = CrmTable.isValue(value) ? field.wrong(value, crm::exists) : null;
                if (reason != null) {
                    return error("INVALID_DATA", field.apiName(), path, reason, "invalid data");
                }
            }
            return duplicate(sent, old, path);
        }

        private ObjectNode duplicate(ObjectNode sent, ObjectNode old, String path) {
            ObjectNode taken = table.taken(sent, old == null ? "" : old.path("id").asText()).orElse(null);
            if (taken == null && duplicates) {
                ObjectNode other = table.records().by(table.module().keyField(), sent.path(table.module().keyField()))
                        .orElseGet(() -> Json.object().put("id", Long.toString(table.module().firstId() - 1)));
                taken = Json.object().put("api_name", table.module().keyField()).set("record", other);
            }
            if (taken == null) {
                return null;
            }
            ObjectNode details = Json.object();
            String id = taken.path("record").path("id").asText();
            switch (crm.habits().duplicateId()) {
                case "record" -> details.putObject("duplicate_record").put("id", id)
                        .putObject("module").put("api_name", table.module().name());
                case "id" -> details.put("id", id);
                default -> { }
            }
            return error("DUPLICATE_DATA", taken.path("api_name").asText(), path, details, "duplicate data");
        }

        private ObjectNode written(ObjectNode sent, ObjectNode old, String field) {
            ObjectNode known = Json.object();
            table.known().stream().map(CrmModule.Field::apiName).filter(sent::has)
                    .forEach(name -> known.set(name, CrmTable.isValue(sent.get(name)) ? sent.get(name) : null));
            ObjectNode record = old == null ? table.records().add(known, false)
                    : table.records().change(old.path("id").asText(), known, false).orElseThrow();
            crm.written().note("crm", table.module().name(), table.key(record), record.path("id").asText(),
                    old == null ? Action.CREATE : Action.UPDATE, sent.deepCopy(), body.get("trigger"));
            ObjectNode result = success(old == null ? "record added" : "record updated");
            if (mode == Mode.UPSERT) {
                result.put("action", old == null ? "insert" : "update").put("duplicate_field", field);
            }
            return result.set("details", CrmTable.details(record));
        }

        private static ObjectNode error(String code, String field, String path, ObjectNode more, String message) {
            ObjectNode details = Json.object();
            if (!field.isEmpty()) {
                details.put("api_name", field);
            }
            details.put("json_path", field.isEmpty() ? path : path + "." + field);
            return CrmErrors.error(code, details.setAll(more), message);
        }
    }
}
