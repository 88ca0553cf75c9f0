package io.saddlebag.pull;

import io.saddlebag.sink.PullPage;
import io.saddlebag.zoho.ZohoGoneException;
import io.saddlebag.zoho.ZohoOrganisationException;
import io.saddlebag.zoho.ZohoRejectedException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;

/**
 * Reads all records by page number, oldest creation first. The pages are read from the last to the first, because then no record is missed: new
 * records are added after the last page, and a deletion moves later records to pages that are still to be read. The pages are read upwards only
 * if their number is unknown (in the first run), or if the list cannot be sorted and new records may come before the first page. A record that a
 * deletion then moves to a page that was read already is read by the next full run.
 */
class ByPageNumber implements Iterator<PullPage> {

    private final PageFetcher fetcher;
    private final boolean down;
    private final int maxPages;
    private final Progress progress = new Progress();
    private final Map<String, String> order;
    private final int ahead;
    private final int expectedLastPage;
    private final Deque<CompletableFuture<ListAnswer>> asked = new ArrayDeque<>();
    private int nextToAsk;
    private int nextToGive;
    private long total;
    private boolean lastIsKnown;
    private boolean done;
    private String unproved;
    private Instant firstAnswer;
    private Instant before;

    private ByPageNumber(PageFetcher fetcher, boolean down, int page, int expectedLastPage, int ahead, int maxPages) {
        this.fetcher = fetcher;
        this.down = down;
        this.ahead = ahead;
        this.maxPages = maxPages;
        String created = fetcher.kind().sortByCreation();
        this.order = created == null ? Map.of() : Map.of("sort_column", created, "sort_order", "A");
        this.expectedLastPage = expectedLastPage;
        this.nextToAsk = page;
        this.nextToGive = page;
    }

    /** @param expectedLastPage pages after it are requested only when an answer announces them */
    static ByPageNumber up(PageFetcher fetcher, int page, int expectedLastPage, int ahead, int maxPages) {
        return new ByPageNumber(fetcher, false, page, expectedLastPage, ahead, maxPages);
    }

    static ByPageNumber down(PageFetcher fetcher, int expectedLastPage, int ahead, int maxPages) {
        return new ByPageNumber(fetcher, true, expectedLastPage, expectedLastPage, ahead, maxPages);
    }

    /** @param page 0 if the first page was the last one that the run stored: then there is no further one */
    static ByPageNumber continueDown(PageFetcher fetcher, int page, long total, int ahead) {
        ByPageNumber pages = new ByPageNumber(fetcher, true, page, page, ahead, page);
        pages.lastIsKnown = true;
        pages.total = total;
        pages.done = page < 1;
        return pages;
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
        ListAnswer answer = down && !lastIsKnown ? lastPage() : nextPage();
        int page = nextToGive;
        String name = "page " + page;
        if (down) {
            nextToGive--;
            String end = endDown(answer.page(), name);
            done = nextToGive < 1 || end != null;
            unproved = unproved == null ? end : unproved;
        } else {
            nextToGive++;
            unproved = answer.hasMore() ? progress.end(answer.page(), name, answer.more()) : null;
            done = !answer.hasMore() || unproved != null;
            total = (long) (page - 1) * fetcher.pageSize() + answer.page().seen();
            limit(page);
        }
        if (done) {
            fetcher.withdraw(asked);
        } else {
            askAhead();
        }
        return answer.page().doubting(unproved).in(name, firstAnswer.minus(ModifiedSince.OVERLAP),
                fetcher.cursor(Map.of("read", down ? "down" : "up", "page", page, "total", total)));
    }

    /** When pages are read downwards, each is known to exist. So a page that repeats other pages stands in place of records that were not read. */
    private String endDown(PullPage page, String name) {
        String though = "the list had " + (total + fetcher.pageSize() - 1) / fetcher.pageSize() + " pages";
        if (nextToGive >= 1) {
            return progress.end(page, name, though);
        }
        return progress.bringsNothing(page, name) && total > fetcher.pageSize()
                ? name + " brought no record that is new to this run, though " + though : null;
    }

    private ListAnswer nextPage() {
        if (asked.isEmpty()) {
            ask();
        }
        try {
            ListAnswer answer = fetcher.await(asked.remove());
            if (down && before != null && answer.page().requestedAt().toInstant().isBefore(before)) {
                // this page and those after it were requested before a page that was repeated: a record that moved meanwhile is on none of them
                fetcher.withdraw(asked);
                asked.clear();
                nextToAsk = nextToGive;
                askAhead();
                answer = fetcher.await(asked.remove());
            }
            before = answer.page().requestedAt().toInstant();
            return seen(answer);
        } catch (RuntimeException failure) {
            fetcher.withdraw(asked);
            throw failure;
        }
    }

    /**
     * Finds the last page, beginning at the expected one, or before it if Zoho refuses a page beyond the end. Pages that this search reads are
     * read again on the way down.
     */
    private ListAnswer lastPage() {
        Progress above = new Progress();
        ListAnswer answer = expectedPage();
        while (answer.hasMore()) {
            unproved = above.end(answer.page(), "page " + nextToGive, answer.more());
            if (unproved != null) {
                break; // the pages below are read nevertheless
            }
            nextToGive++;
            limit(nextToGive);
            answer = seen(fetcher.await(fetcher.fetch(nextToGive, order)));
        }
        while (answer.page().seen() == 0 && nextToGive > 1) {
            nextToGive--;
            answer = seen(fetcher.await(fetcher.fetch(nextToGive, order)));
        }
        total = (long) (nextToGive - 1) * fetcher.pageSize() + answer.page().seen();
        lastIsKnown = true;
        nextToAsk = nextToGive - 1;
        return answer;
    }

    /** No answer has announced this page. Steps back from refused pages, twice as far each time, because the next page is announced if there is one. */
    private ListAnswer expectedPage() {
        for (int step = 1;; step *= 2) {
            try {
                return seen(fetcher.await(fetcher.fetch(nextToGive, order)));
            } catch (ZohoGoneException | ZohoRejectedException refusal) {
                if (nextToGive == 1 || refusal.getCode() == null || refusal instanceof ZohoOrganisationException) {
                    throw refusal;
                }
                nextToGive = Math.max(1, nextToGive - step);
            }
        }
    }

    private void askAhead() {
        while (asked.size() < ahead && (down ? nextToAsk >= 1 : nextToAsk <= Math.max(expectedLastPage, nextToGive))) {
            ask();
        }
    }

    private void ask() {
        asked.add(fetcher.fetch(nextToAsk, order));
        nextToAsk += down ? -1 : 1;
    }

    private ListAnswer seen(ListAnswer answer) {
        if (firstAnswer == null) {
            firstAnswer = answer.answeredAt();
        }
        return answer;
    }

    private void limit(int page) {
        if (page > maxPages) {
            throw new IllegalStateException("Zoho announced a page after page " + maxPages
                    + ": either it repeats itself, or saddlebag.pull.max-pages is too small");
        }
    }
}
