package io.saddlebag.sink;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A page of records on its way into the database, with the result of each record. Methods that return several ids as one text return the literal of a
 * PostgreSQL array, except {@link #futureDatedIds}. Watermark and cursor are null for a page that belongs to no run.
 */
public class PullPage {

    private final List<?> records;
    private final Instant requestedAt;
    private final Instant answeredAt;
    private final String shape;
    private String name = "record";
    private Long callId;
    private Instant watermark;
    private String cursor;
    private String unproved;
    private List<?> batch = List.of();
    private String json = "[]";
    private final List<Reject> rejects = new ArrayList<>();
    private final List<String> ids = new ArrayList<>();
    private final List<String> goodIds = new ArrayList<>();
    private final List<String> futureDatedIds = new ArrayList<>();
    private final List<String> createdIds = new ArrayList<>();
    private final List<String> updatedIds = new ArrayList<>();
    private long leftOut;
    private long kept;

    /**
     * @param requestedAt when the request for the page was sent; null without a request
     * @param answeredAt the answer's Date; null without one
     * @param shape shape of the records: list, record, details, webhook or none, as in the database function merged
     */
    public PullPage(List<?> records, Instant requestedAt, Instant answeredAt, String shape) {
        this.records = records;
        this.requestedAt = requestedAt;
        this.answeredAt = answeredAt;
        this.shape = shape;
    }

    /**
     * Gives the page its place in a run.
     *
     * @param name name of the page in the log
     * @param watermark new watermark of the run
     * @param cursor JSON from which an interrupted run reads this page again
     */
    public PullPage in(String name, Instant watermark, String cursor) {
        this.name = name;
        this.watermark = watermark;
        this.cursor = cursor;
        return this;
    }

    /** @param reason why the run stopped reading without proof that it has seen all records; null if it has the proof */
    public PullPage doubting(String reason) {
        unproved = reason;
        return this;
    }

    /** @param callId id of the page's call in the ledger */
    public PullPage by(Long callId) {
        this.callId = callId;
        return this;
    }

    /** @param batch the records that passed their check, also as the JSON that their statement reads */
    public void keepChecked(List<?> batch, String json) {
        this.batch = batch;
        this.json = json;
    }

    void reject(Reject reject) {
        rejects.add(reject);
        goodIds.remove(reject.zohoId());
    }

    void good(String zohoId) {
        ids.add(zohoId);
        goodIds.add(zohoId);
    }

    /** @param zohoId id of a record whose time is later than the answer's Date, and so cannot serve as its version */
    void addFutureDated(String zohoId) {
        futureDatedIds.add(zohoId);
    }

    /**
     * @param zohoIds ids of records outside the filter that are not stored
     * @param kept number of records outside the filter that are stored, because they have a row
     */
    void leaveOut(List<String> zohoIds, long kept) {
        goodIds.removeAll(zohoIds);
        leftOut += zohoIds.size();
        this.kept += kept;
    }

    void stored(List<Map<String, Object>> rows) {
        rows.stream().filter(row -> row.get("created") != null)
                .forEach(row -> ((Boolean) row.get("created") ? createdIds : updatedIds).add((String) row.get("zoho_id")));
    }

    public List<?> records() {
        return records;
    }

    public List<?> batch() {
        return batch;
    }

    public String json() {
        return json;
    }

    /** @return when the request for the page was sent; null for records from webhooks */
    public java.sql.Timestamp requestedAt() {
        return requestedAt == null ? null : java.sql.Timestamp.from(requestedAt);
    }

    /** @return the answer's Date; null without one */
    public java.sql.Timestamp answeredAt() {
        return answeredAt == null ? null : java.sql.Timestamp.from(answeredAt);
    }

    /** @return the answer's Date, or the time of our own clock if there is none */
    public Instant clock() {
        return answeredAt == null ? Instant.now() : answeredAt;
    }

    /** @return list, record, details, webhook or none, which decides the keys that the records remove from their rows */
    public String shape() {
        return shape;
    }

    public Long callId() {
        return callId;
    }

    public java.sql.Timestamp watermark() {
        return watermark == null ? null : java.sql.Timestamp.from(watermark);
    }

    public String cursor() {
        return cursor;
    }

    public String unproved() {
        return unproved;
    }

    public List<Reject> rejects() {
        return rejects;
    }

    /** @return the ids of the records that passed their check, without those that the filter left out or the database refused afterwards */
    public String goodIds() {
        return array(goodIds);
    }

    /** @return the ids of all records with an id, including those that cannot be stored */
    public String ids() {
        return array(ids);
    }

    public List<String> idList() {
        return ids;
    }

    public String createdIds() {
        return array(createdIds);
    }

    public String updatedIds() {
        return array(updatedIds);
    }

    /** @return the ids of the records whose time is later than the answer's, separated by commas */
    public String futureDatedIds() {
        return String.join(",", futureDatedIds);
    }

    public long futureDated() {
        return futureDatedIds.size();
    }

    public long seen() {
        return records.size();
    }

    public long created() {
        return createdIds.size();
    }

    public long updated() {
        return updatedIds.size();
    }

    public long rejected() {
        return rejects.size();
    }

    public long leftOut() {
        return leftOut;
    }

    public long kept() {
        return kept;
    }

    public long unchanged() {
        return seen() - created() - updated() - rejected() - leftOut;
    }

    @Override
    public String toString() {
        return name + ": " + seen() + " seen, " + created() + " created, " + updated() + " updated, " + unchanged()
                + " unchanged, " + rejected() + " rejected"
                + (futureDatedIds.isEmpty() ? "" : ", " + futureDated() + " with a time in the future")
                + (leftOut + kept == 0 ? "" : ", " + leftOut + " left out by the filter, " + kept + " outside it kept");
    }

    private static String array(List<String> ids) {
        return "{" + String.join(",", ids) + "}";
    }
}
