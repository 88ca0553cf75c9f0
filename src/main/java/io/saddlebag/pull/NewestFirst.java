package io.saddlebag.pull;

import io.saddlebag.sink.PullPage;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * Reads the changes since a moment from a list that can be sorted by change but not filtered by it: newest change first, down to a record
 * older than the watermark. A record that changes meanwhile moves to the first page, where the next run finds it. A deletion moves older
 * records to pages that were read already, so several pages are read again from the last to the first. (A record that a deletion moves on the
 * way down, and a change moves again on the way back, is left to the next full run.) A list that is not sorted is read to its end. An
 * interrupted run begins again, because it is short.
 */
class NewestFirst implements Iterator<PullPage> {

    private final PageFetcher fetcher;
    private final Instant since;
    private final int maxPages;
    private final Progress progress = new Progress();
    private int page;
    private boolean back;
    private boolean done;
    private Instant firstAnswer;

    NewestFirst(PageFetcher fetcher, Instant since, int maxPages) {
        this.fetcher = fetcher;
        this.since = since;
        this.maxPages = maxPages;
    }

    @Override
    public boolean hasNext() {
        return !done;
    }

    @Override
    public PullPage next() {
        if (done) {
            throw new NoSuchElementException();
        }
        page += back ? -1 : 1;
        ListAnswer answer = fetcher.await(fetcher.fetch(page, Map.of("sort_column", fetcher.kind().sortByChange(),
                "sort_order", "D")));
        firstAnswer = firstAnswer == null ? answer.answeredAt() : firstAnswer;
        String name = (back ? "back on page " : "page ") + page + " down to " + since;
        String unproved = null;
        if (!back && answer.hasMore() && !reaches(answer.page().records())) {
            unproved = progress.end(answer.page(), name, answer.more());
        } else {
            back = true;
        }
        done = unproved != null || back && page == 1;
        if (page > maxPages) {
            throw new IllegalStateException("Zoho announced a page after " + maxPages
                    + " pages: either it repeats itself, or saddlebag.pull.max-pages is too small");
        }
        return answer.page().doubting(unproved).in(name, firstAnswer.minus(ModifiedSince.OVERLAP), "{}");
    }

    /** Whether the page is sorted and ends before the watermark. Records without a time may be anywhere. Equal times alone prove no order. */
    private boolean reaches(List<?> records) {
        Instant first = null;
        Instant last = null;
        for (Object record : records) {
            Instant time = ModifiedSince.time(record, fetcher.kind().sortByChange());
            if (time != null && last != null && time.isAfter(last)) {
                return false;
            }
            first = first == null ? time : first;
            last = time == null ? last : time;
        }
        return last != null && last.isBefore(first) && last.isBefore(since);
    }
}
