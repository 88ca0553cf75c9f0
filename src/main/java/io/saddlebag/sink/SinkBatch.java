package io.saddlebag.sink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.saddlebag.database.TransactionFailure;
import io.saddlebag.kinds.Kind;
import io.saddlebag.zoho.ZohoRejectedException;
import io.saddlebag.zoho.ZohoTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Variable;
import org.postgresql.util.PSQLException;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.stereotype.Component;

/** Handles batches of checked records for the routes of the sink: writes a batch as JSON, halves it, and notes the result. */
@Component("sinkBatch")
public class SinkBatch {

    private final JsonMapper json = RecordCheck.writer();

    /**
     * @param answeredAt the answer's header {@code Date}; may be null
     * @return a page of the one record that a detail answer holds
     */
    public PullPage single(@Body Map<String, Object> answer, @Variable("kind") Kind kind,
            @Variable("requestedAt") java.sql.Timestamp requestedAt, @Variable("answeredAt") String answeredAt) {
        Object record = answer.get(kind.recordKey());
        if (record == null) {
            throw new ZohoRejectedException("Zoho's answer has no record \"" + kind.recordKey() + "\"");
        }
        return new PullPage(List.of(record), requestedAt.toInstant(), ZohoTime.ofHeader(answeredAt), "record");
    }

    /**
     * @param shape webhook, or none if a template of the user made the payloads
     * @return a page of records from webhooks, for which no request was sent
     */
    public PullPage fromWebhook(List<?> records, String shape) {
        return new PullPage(records, null, null, shape);
    }

    /**
     * @param answeredAt the answer's header {@code Date}; may be null
     * @return a page of the records that a list answer holds
     */
    public PullPage list(@Body Map<String, Object> answer, @Variable("kind") Kind kind,
            @Variable("requestedAt") java.sql.Timestamp requestedAt, @Variable("answeredAt") String answeredAt) {
        return new PullPage(records(answer, kind.listKey()), requestedAt.toInstant(), ZohoTime.ofHeader(answeredAt), "list");
    }

    /** @return a page of the records that were requested together by their ids */
    public PullPage details(@Body Map<String, Object> answer, @Variable("kind") Kind kind,
            @Variable("requestedAt") java.sql.Timestamp requestedAt, @Variable("answeredAt") String answeredAt) {
        return new PullPage(records(answer, kind.listKey()), requestedAt.toInstant(), ZohoTime.ofHeader(answeredAt), "details");
    }

    private static List<?> records(Map<String, Object> answer, List<String> listKey) {
        for (String key : listKey) {
            if (answer.get(key) instanceof List<?> records) {
                return records;
            }
        }
        String present = listKey.stream().filter(answer::containsKey).findFirst()
                .map(key -> ": \"" + key + "\" is " + jsonType(answer.get(key))).orElse("");
        throw new ZohoRejectedException("Zoho's answer has no list \"" + String.join("\" or \"", listKey) + "\"" + present);
    }

    /** Keeps the good records of a page. If all were rejected, the aggregated body is not a list; the split skips nulls, which are rejected here. */
    public void checked(PullPage page, Object aggregated) throws JsonProcessingException {
        for (int place = 0; place < page.records().size(); place++) {
            if (page.records().get(place) == null) {
                page.reject(new Reject(null, "null", "Element " + (place + 1) + " of the list is null, no record"));
            }
        }
        List<?> batch = aggregated instanceof List<?> records ? records : List.of();
        page.keepChecked(batch, json.writeValueAsString(batch));
    }

    /** @return the batch, which is all or a part of the page's, as the JSON array that a statement reads */
    public String json(PullPage page, List<?> batch) throws JsonProcessingException {
        return batch == page.batch() ? page.json() : json.writeValueAsString(batch);
    }

    /**
     * @param batch all or a part of the page's
     * @param ignoreVersion whether the records are stored whatever their version; null means no
     * @return the parameters of a sink's statement: records (JSON array), requestedAt (null without a request), shape, idKey and
     *         ignoreVersion
     */
    public Map<String, Object> parameters(@Variable("page") PullPage page, @Variable("batch") List<?> batch,
            @Variable("ignoreVersion") Boolean ignoreVersion, @Variable("kind") Kind kind) throws JsonProcessingException {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("records", json(page, batch));
        parameters.put("requestedAt", page.requestedAt());
        parameters.put("shape", page.shape());
        parameters.put("idKey", kind.idKey());
        parameters.put("ignoreVersion", Boolean.TRUE.equals(ignoreVersion));
        return parameters;
    }

    /** @return the two halves of a batch; an empty list if the batch has a single record */
    public List<List<?>> halves(List<?> batch) {
        if (batch.size() < 2) {
            return List.of();
        }
        int middle = batch.size() / 2;
        return List.of(batch.subList(0, middle), batch.subList(middle, batch.size()));
    }

    /**
     * @param ids separated by commas
     * @return the records of the page's batch that have one of the ids
     */
    public List<?> withIds(PullPage page, String ids, @Variable("kind") Kind kind) {
        Set<String> wanted = Set.copyOf(List.of(ids.split(",")));
        List<?> found = page.batch().stream().filter(record -> wanted.contains(id(record, kind.idKey()))).toList();
        return found.size() == page.batch().size() ? page.batch() : found;
    }

    /** @return the records of the page's batch that are not in the given batch */
    public List<?> without(PullPage page, List<?> batch) {
        return batch == page.batch() ? List.of() : page.batch().stream().filter(record -> !batch.contains(record)).toList();
    }

    /** Removes the records without one of the ids from the page's batch. */
    public void retainIds(PullPage page, Set<String> ids, @Variable("kind") Kind kind) throws JsonProcessingException {
        List<?> kept = page.batch().stream().filter(record -> ids.contains(id(record, kind.idKey()))).toList();
        if (kept.size() < page.batch().size()) {
            page.keepChecked(kept, json.writeValueAsString(kept));
        }
    }

    /**
     * Removes the records that earlier pages of the run have reported. Called for the pages of a dry run, which store nothing.
     *
     * @param ids separated by commas; null: none
     */
    public void leaveOut(PullPage page, String ids, @Variable("kind") Kind kind) throws JsonProcessingException {
        if (ids != null) {
            List<?> rest = without(page, withIds(page, ids, kind));
            page.keepChecked(rest, json.writeValueAsString(rest));
        }
    }

    /** @param rows the result of the statement: created is true or false for each row that was written, and null if only shapes were noted */
    public void stored(PullPage page, List<Map<String, Object>> rows) {
        page.stored(rows);
    }

    /**
     * Rejects the record of a batch that its statement refused, if the batch has only that record. Camel's transaction error handler has
     * marked the exchange as handled. The marks are cleared, because no later failure of the exchange would be handled otherwise.
     *
     * @param refused the exception of the statement; PostgreSQL's message becomes the reason of the reject
     */
    public void rejectIfAlone(Exchange exchange, @Variable("page") PullPage page, @Variable("batch") List<?> batch,
            @Variable("kind") Kind kind, @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception refused)
            throws JsonProcessingException {
        TransactionFailure.settle(exchange);
        if (batch.size() != 1) {
            return;
        }
        Map<?, ?> record = (Map<?, ?>) batch.get(0);
        page.reject(new Reject(id(record, kind.idKey()), json.writeValueAsString(record), message(refused)));
    }

    /** @return the message of the exception, without the lines about functions that PostgreSQL adds */
    private static String message(Exception refused) {
        Throwable reason = NestedExceptionUtils.getMostSpecificCause(refused);
        return reason instanceof PSQLException server && server.getServerErrorMessage() != null
                ? server.getServerErrorMessage().getMessage() : reason.getMessage();
    }

    /** @return the type of a JSON value, as a text for people */
    static String jsonType(Object value) {
        return value == null ? "null" : value instanceof Map ? "an object" : value instanceof List ? "a list"
                : value instanceof String ? "a string" : value instanceof Boolean ? "true or false" : "a number";
    }

    /** @param record of a batch, which holds only records with a usable id ({@link RecordCheck}) */
    private static String id(Object record, String idKey) {
        return ((Map<?, ?>) record).get(idKey).toString();
    }
}
