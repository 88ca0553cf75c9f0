package io.saddlebag.sink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.saddlebag.kinds.Kind;
import io.saddlebag.zoho.ZohoTime;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;

/** Rejects records that no sink can store: a row needs an id. */
@Component("recordCheck")
public class RecordCheck {

    /** "null" is no id, and would be no text in a PostgreSQL array. */
    private static final Pattern ID = Pattern.compile("(?!(?i:null)$)[0-9A-Za-z_-]{1,64}");

    private final JsonMapper json = writer();

    /** Escapes all but ASCII, so that half a surrogate pair or a NUL reaches PostgreSQL as text that it can refuse or keep. */
    static JsonMapper writer() {
        return JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    }

    /**
     * @param record one element of Zoho's list
     * @param page page that keeps the reject
     * @param kind declares the key of the record's id
     * @return the record; null if it is rejected
     */
    public Object check(@Body Object record, @Variable("page") PullPage page, @Variable("kind") Kind kind)
            throws JsonProcessingException {
        Object id = record instanceof Map<?, ?> map ? map.get(kind.idKey()) : null;
        boolean usable = (id instanceof String || id instanceof Integer || id instanceof Long || id instanceof java.math.BigInteger)
                && ID.matcher(id.toString()).matches();
        if (usable) {
            page.good(id.toString());
            OffsetDateTime modified = ZohoTime.read(((Map<?, ?>) record).get("last_modified_time"));
            if (modified != null && modified.toInstant().isAfter(page.clock().plus(ZohoTime.AHEAD))) {
                page.addFutureDated(id.toString());
            }
            return record;
        }
        page.reject(new Reject(null, json.writeValueAsString(record), record instanceof Map
                ? "The record has no usable id: " + kind.idKey() + " is " + (id == null ? "missing" : "not an id")
                : "An element of the list is " + SinkBatch.jsonType(record) + ", no record"));
        return null;
    }
}
