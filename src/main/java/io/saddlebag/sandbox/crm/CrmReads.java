package io.saddlebag.sandbox.crm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.CrmErrors;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Reads of records and fields. Where nothing is found, CRM answers 204 without a body. */
public class CrmReads {

    private static final Pattern CRITERION = Pattern.compile("\\((\\w+):(equals|in|starts_with):((?:\\\\.|[^()\\\\])*)\\)");
    private static final int MOST_CRITERIA = 10;
    private static final int MOST_OF_A_PAGE = 200;

    private final Crm crm;

    public CrmReads(Crm crm) {
        this.crm = crm;
    }

    /** {@code GET /settings/fields?module=Products}. */
    public Answer fields(Request request, String organisation) {
        return paid(organisation, () -> crm.table(request.parameter("module")).map(CrmTable::fields).orElseGet(() ->
                CrmErrors.refusal(400, "INVALID_MODULE", Json.object().put("module", request.parameter("module")),
                        "The module name given seems to be invalid")));
    }

    /** {@code GET /Products/{id}}. */
    public Answer one(Request request, String organisation) {
        CrmTable table = table(request);
        return paid(organisation, () -> page(request, table,
                table.records().find(request.resource().get(1)).map(List::of).orElse(List.of())));
    }

    /** {@code GET /Products?ids=a,b} or {@code ?fields=a,b}. */
    public Answer list(Request request, String organisation) {
        CrmTable table = table(request);
        String ids = request.parameter("ids");
        if (ids.isEmpty() && request.parameter("fields").isEmpty()) {
            return CrmErrors.refusal(400, "REQUIRED_PARAM_MISSING", Json.object().put("param", "fields"),
                    "One of the expected parameter is missing");
        }
        return paid(organisation, () -> page(request, table, ids.isEmpty() ? table.records().all(0)
                : Arrays.stream(ids.split(",")).map(table.records()::find).flatMap(Optional::stream).toList()));
    }

    /** {@code GET /Products/search?criteria=(Product_Code:equals:A)}: does not see what is younger than a lag. */
    public Answer search(Request request, String organisation, Fault fault) {
        CrmTable table = table(request);
        String criteria = request.parameter("criteria");
        List<Predicate<ObjectNode>> all = CRITERION.matcher(criteria).results().map(CrmReads::criterion).toList();
        if (all.isEmpty() || all.size() > MOST_CRITERIA) {
            return CrmErrors.refusal(400, all.isEmpty() ? "INVALID_QUERY" : "LIMIT_EXCEEDED", "Invalid query formed");
        }
        boolean and = criteria.replaceAll("\\s", "").contains(")and(");
        Predicate<ObjectNode> found = record -> and ? all.stream().allMatch(one -> one.test(record))
                : all.stream().anyMatch(one -> one.test(record));
        return paid(organisation, () -> page(request, table, table.records().all(lag(fault)).stream().filter(found).toList()));
    }

    /** {@code POST /coql} with {@code {"select_query":"select …"}}. */
    public Answer coql(Request request, String organisation, Fault fault) {
        Optional<ObjectNode> body = Json.readObject(request.body());
        if (body.isEmpty()) {
            return CrmErrors.notJson();
        }
        return paid(organisation, () -> {
            try {
                return select(Coql.read(body.get().path("select_query").asText()), fault);
            } catch (Coql.Refused e) {
                return CrmErrors.refusal(400, e.code(), e.getMessage());
            }
        });
    }

    private Answer select(Coql query, Fault fault) {
        CrmTable table = crm.table(query.module()).orElseThrow(() -> new Coql.Refused("INVALID_QUERY", "invalid module " + query.module()));
        List<String> known = new ArrayList<>(List.of("id", "Created_Time", "Modified_Time", "Created_By", "Modified_By"));
        table.known().forEach(field -> known.add(field.apiName()));
        for (String column : query.named()) {
            if (!known.contains(column)) {
                throw new Coql.Refused("INVALID_QUERY", "column given seems to be invalid: " + column);
            }
        }
        List<ObjectNode> found = table.records().all(lag(fault)).stream().filter(query.where()).toList();
        int from = Math.min(found.size(), query.offset());
        int to = Math.min(found.size(), from + query.limit());
        if (from == to) {
            return Answer.empty(204);
        }
        ObjectNode answer = Json.object();
        var data = answer.putArray("data");
        found.subList(from, to).forEach(record -> {
            ObjectNode row = data.addObject();
            query.columns().forEach(column -> row.set(column, record.get(column)));
            row.set("id", record.get("id"));
        });
        answer.putObject("info").put("count", to - from).put("more_records", to < found.size());
        return Answer.json(200, answer);
    }

    private CrmTable table(Request request) {
        return crm.table(request.resource().get(0)).orElseThrow();
    }

    private Answer paid(String organisation, Supplier<Answer> answer) {
        return crm.pay(organisation, 1) ? answer.get() : CrmErrors.tooManyRequests();
    }

    private static long lag(Fault fault) {
        return fault == null || fault.kind() != Fault.Kind.SEARCH_LAG ? 0 : fault.ms();
    }

    private static Predicate<ObjectNode> criterion(MatchResult part) {
        List<String> values = Arrays.stream(part.group(2).equals("in") ? part.group(3).split("(?<!\\\\),") : new String[] {part.group(3)})
                .map(value -> value.replaceAll("\\\\(.)", "$1").toLowerCase(Locale.ROOT)).toList();
        return record -> {
            JsonNode value = record.path(part.group(1));
            String text = (value.isObject() ? value.path("id") : value).asText().toLowerCase(Locale.ROOT);
            return part.group(2).equals("starts_with") ? text.startsWith(values.get(0)) : values.contains(text);
        };
    }

    private static Answer page(Request request, CrmTable table, List<ObjectNode> found) {
        int page = number(request, "page", 1);
        int perPage = Math.min(MOST_OF_A_PAGE, number(request, "per_page", MOST_OF_A_PAGE));
        int from = (int) Math.min(found.size(), (page - 1L) * perPage);
        int to = Math.min(found.size(), from + perPage);
        if (from == to) {
            return Answer.empty(204);
        }
        String named = request.parameter("fields");
        List<String> fields = named.isEmpty() ? List.of() : List.of(("id," + named).split(","));
        ObjectNode answer = Json.object();
        var data = answer.putArray("data");
        found.subList(from, to).forEach(record -> data.add(fields.isEmpty() ? table.whole(record) : table.whole(record).retain(fields)));
        if (request.resource().size() == 1 || request.resource().get(1).equals("search")) {
            answer.putObject("info").put("per_page", perPage).put("count", to - from).put("page", page)
                    .put("more_records", to < found.size());
        }
        return Answer.json(200, answer);
    }

    private static int number(Request request, String parameter, int otherwise) {
        String given = request.parameter(parameter);
        return given.matches("[1-9]\\d{0,5}") ? Integer.parseInt(given) : otherwise;
    }
}
