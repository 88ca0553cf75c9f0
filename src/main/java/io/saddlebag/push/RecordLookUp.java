package io.saddlebag.push;

import io.saddlebag.push.Target.LookUp;
import io.saddlebag.zoho.ZohoTime;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The look-up of one record by its external key. It may need several pages. Not thread safe. */
public class RecordLookUp {

    /** Clocks differ. */
    private static final Duration MARGIN = Duration.ofMinutes(10);

    private final LookUp how;
    private final String recordKey;
    private final String externalKey;
    private final boolean ignoresCase;
    private final Instant triedAt;
    private final List<Map<?, ?>> found = new ArrayList<>();
    private int page;
    private boolean ended;

    /**
     * @param ignoresCase whether Zoho takes keys that differ only in upper and lower case, or in spaces at both ends, for the same
     * @param triedAt     when the create was sent whose outcome is unknown
     */
    RecordLookUp(LookUp how, String recordKey, String externalKey, boolean ignoresCase, Instant triedAt) {
        this.how = how;
        this.recordKey = recordKey;
        this.externalKey = externalKey;
        this.ignoresCase = ignoresCase;
        this.triedAt = triedAt;
    }

    public boolean hasNext() {
        return !ended;
    }

    /** @return the number of the next page; the first is 1 */
    int nextPage() {
        return ++page;
    }

    /**
     * Keeps the records of an answer whose key equals the external key.
     *
     * @param answer empty where Zoho CRM answers 204: there is none
     * @throws IllegalArgumentException the answer has neither a record nor a list, or it has the record of another key: it does not tell whether there is one
     */
    void read(Map<?, ?> answer) {
        if (how.record() != null) {
            take(part(answer, how.record(), Map.class));
            if (found.isEmpty()) {
                throw new IllegalArgumentException("Zoho answered a look-up with the record of another key, which decides nothing");
            }
            ended = true;
            return;
        }
        List<?> list = answer.isEmpty() ? List.of() : part(answer, how.list() == null ? "data" : how.list(), List.class);
        list.forEach(this::take);
        boolean more = answer.get("page_context") instanceof Map<?, ?> context && Boolean.TRUE.equals(context.get("has_more_page"));
        ended = !how.pages() || !more || list.isEmpty() || isFollowedByOlder(list);
    }

    private static <T> T part(Map<?, ?> answer, String key, Class<T> type) {
        if (!type.isInstance(answer.get(key))) {
            throw new IllegalArgumentException("Zoho answered a look-up without \"" + key + "\", which decides nothing");
        }
        return type.cast(answer.get(key));
    }

    private void take(Object element) {
        if (element instanceof Map<?, ?> record && (how.key() == null || isOurs(String.valueOf(record.get(how.key()))))
                && found.stream().noneMatch(other -> record.get(how.id()) != null && record.get(how.id()).equals(other.get(how.id())))) { // a list may shift between two pages
            found.add(record);
        }
    }

    private boolean isOurs(String key) {
        return externalKey.equals(key) || ignoresCase && externalKey.strip().equalsIgnoreCase(key.strip());
    }

    /** Whether the list has its newest records first, and ends with one that is older than the attempt. Without readable times all pages are read. */
    private boolean isFollowedByOlder(List<?> page) {
        List<Instant> times = page.stream().map(this::createdAt).toList();
        if (times.stream().anyMatch(Objects::isNull)) {
            return false;
        }
        Instant last = times.get(times.size() - 1);
        return times.equals(times.stream().sorted(Comparator.reverseOrder()).toList()) && last.isBefore(times.get(0)) && last.isBefore(triedAt.minus(MARGIN));
    }

    private Instant createdAt(Object element) {
        OffsetDateTime time = how.until() != null && element instanceof Map<?, ?> record ? ZohoTime.read(record.get(how.until())) : null;
        return time == null ? null : time.toInstant();
    }

    String recordKey() {
        return recordKey;
    }

    /** @return the records of Zoho that have the key */
    List<Map<?, ?>> found() {
        return List.copyOf(found);
    }
}
