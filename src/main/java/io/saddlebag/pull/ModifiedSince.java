package io.saddlebag.pull;

import io.saddlebag.sink.PullPage;
import io.saddlebag.zoho.ZohoTime;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;

/**
 * Reads the changes since a moment, oldest change first. Each request asks for changes from the last time that was seen, so a record that changes
 * meanwhile moves to a later page and is read there. Zoho does not document whether its filter includes that second, so each request asks from one
 * second earlier; a record that comes twice changes nothing. A list that can be filtered by change but not sorted by it is read by page number,
 * oldest creation first if it can be sorted so, and then again from the last page back to the first, because a deletion moves later records to pages that were read
 * already. (Two sorts of records are left to the next full run: one that a change moves again on the way back, and one that moves while more than a
 * page of records has the same second.)
 */
class ModifiedSince implements Iterator<PullPage> {

    /** How far a watermark stays behind Zoho's clock, because changes become visible late and clocks differ. */
    static final Duration OVERLAP = Duration.ofMinutes(10);

    private static final DateTimeFormatter ZOHO_TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxx");

    private final PageFetcher fetcher;
    private final int maxPages;
    private final Progress progress = new Progress();
    private Instant since;
    private int page;
    private boolean back;
    private int pages;
    private Instant firstAnswer;
    private CompletableFuture<ListAnswer> asked;

    ModifiedSince(PageFetcher fetcher, Instant since, int page, boolean back, int maxPages) {
        this.fetcher = fetcher;
        this.maxPages = maxPages;
        this.since = since;
        this.page = page;
        this.back = back;
        this.asked = ask();
    }

    @Override
    public boolean hasNext() {
        return asked != null;
    }

    @Override
    public PullPage next() {
        if (asked == null) {
            throw new NoSuchElementException();
        }
        ListAnswer answer = fetcher.await(asked);
        firstAnswer = firstAnswer == null ? answer.answeredAt() : firstAnswer;
        String name = (back ? "back on page " + page : "page " + ++pages) + " since " + since;
        Map<String, Object> cursor = new HashMap<>(Map.of("read", "since", "since", since.toString(), "page", page, "back", back));
        boolean more = answer.hasMore() && !back;
        String unproved = more ? progress.end(answer.page(), name, answer.more()) : null;
        asked = unproved != null ? null : more ? askOn(answer) : askBack();
        cursor.putAll(Map.of("nextSince", since.toString(), "nextPage", page, "nextBack", back));
        return answer.page().doubting(unproved).in(name, firstAnswer.minus(OVERLAP), fetcher.cursor(cursor));
    }

    private CompletableFuture<ListAnswer> askBack() {
        if (fetcher.kind().sortByChange() != null || page == 1) {
            return null;
        }
        back = true;
        page--;
        return ask();
    }

    private CompletableFuture<ListAnswer> askOn(ListAnswer answer) {
        if (pages >= maxPages) {
            throw new IllegalStateException("Zoho announced a page after " + maxPages
                    + " pages: either it repeats itself, or saddlebag.pull.max-pages is too small");
        }
        Instant last = fetcher.kind().sortByChange() == null ? null : lastIfSorted(answer.page().records());
        boolean ahead = last != null && last.isAfter(answer.page().clock().plus(ZohoTime.AHEAD)); // neither a version nor a start for the next request
        if (last != null && !ahead && last.minusSeconds(1).isAfter(since)) {
            since = last.minusSeconds(1);
            page = 1;
        } else {
            page++; // a whole page has the same second, or Zoho did not sort the list
        }
        return ask();
    }

    private CompletableFuture<ListAnswer> ask() {
        String sort = fetcher.kind().sortByChange() == null ? fetcher.kind().sortByCreation() : fetcher.kind().sortByChange();
        Map<String, String> query = new HashMap<>(sort == null ? Map.of() : Map.of("sort_column", sort, "sort_order", "A"));
        query.put(fetcher.kind().sinceParameter(), ZOHO_TIME.format(since.atOffset(ZoneOffset.UTC)));
        return fetcher.fetch(page, query);
    }

    private Instant lastIfSorted(List<?> records) {
        Instant last = null;
        for (Object record : records) {
            Instant time = time(record, fetcher.kind().sortByChange());
            if (time == null || last != null && time.isBefore(last)) {
                return null;
            }
            last = time;
        }
        return last;
    }

    /** @return the time under that key of the record; null if it is missing or invalid */
    static Instant time(Object record, String key) {
        OffsetDateTime time = ZohoTime.read(record instanceof Map<?, ?> map ? map.get(key) : null);
        return time == null ? null : time.toInstant();
    }
}
