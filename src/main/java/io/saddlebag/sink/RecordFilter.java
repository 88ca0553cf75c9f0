package io.saddlebag.sink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.saddlebag.kinds.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/**
 * Decides which records of a kind an organisation wants. A filter is JSON with the wanted values of each key:
 * {@code {"status": ["active"]}}. A key that is missing or null counts as "". All keys must match. The case of status does not matter, as in
 * the mappings.
 */
@Component("recordFilter")
public class RecordFilter {

    private static final TypeReference<Map<String, List<String>>> FILTER = new TypeReference<>() { };

    private final JsonMapper json = RecordCheck.writer();

    /** @return the ids of a page's records that are outside the filter, as a PostgreSQL array literal */
    public String outside(PullPage page, String filter, @Variable("kind") Kind kind) throws JsonProcessingException {
        Map<String, List<String>> wanted = json.readValue(filter, FILTER);
        return "{" + String.join(",", page.batch().stream().filter(record -> !matches(record, wanted))
                .map(record -> text(record, kind.idKey())).toList()) + "}";
    }

    /**
     * Removes records outside the filter from a page, except those with a row.
     *
     * @param ids ids of the records outside the filter that have a row, separated by commas
     */
    public void leaveOut(PullPage page, String filter, String ids, @Variable("kind") Kind kind) throws JsonProcessingException {
        Map<String, List<String>> wanted = json.readValue(filter, FILTER);
        Set<String> known = Set.of(ids.split(","));
        List<Object> batch = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        long kept = 0;
        for (Object record : page.batch()) {
            boolean outside = !matches(record, wanted);
            if (outside && !known.contains(text(record, kind.idKey()))) {
                leftOut.add(text(record, kind.idKey()));
            } else {
                kept += outside ? 1 : 0;
                batch.add(record);
            }
        }
        if (!leftOut.isEmpty()) {
            page.keepChecked(batch, json.writeValueAsString(batch));
        }
        page.leaveOut(leftOut, kept);
    }

    private static boolean matches(Object record, Map<String, List<String>> wanted) {
        return wanted.entrySet().stream().allMatch(each -> {
            String value = text(record, each.getKey());
            return each.getValue().stream().anyMatch(one -> each.getKey().equals("status") ? one.equalsIgnoreCase(value) : one.equals(value));
        });
    }

    private static String text(Object record, String key) {
        Object value = ((Map<?, ?>) record).get(key);
        return value == null ? "" : value.toString();
    }
}
