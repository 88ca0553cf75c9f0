package io.saddlebag.pull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.sink.PullPage;
import java.time.Instant;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Chooses the order in which a run reads its list, so that no record is missed between two pages, and prefetches pages. */
@Component("pullPages")
public class PullPages {

    private final ProducerTemplate producer;
    private final ObjectMapper json = new ObjectMapper();
    private final int pageSize;
    private final int ahead;
    private final int maxPages;

    PullPages(ProducerTemplate producer, @Value("${saddlebag.pull.page-size}") int pageSize,
            @Value("${zoho.calls-in-flight}") int ahead, @Value("${saddlebag.pull.max-pages}") int maxPages) {
        this.producer = producer;
        this.pageSize = pageSize;
        this.ahead = ahead;
        this.maxPages = maxPages;
    }

    /**
     * @param exchange with the variables {@code kind}, which declares how its list can be sorted and filtered, and {@code run}: mode,
     *        cursor (JSON text or null), since (the watermark or null), records (the expected number; null if unknown) and continues (true
     *        if this run committed the cursor's page itself: it continues with the next page; otherwise that page is read again). A cursor
     *        of another list says nothing about this one, which is then read from its beginning
     * @return the pages of the run in the order in which they must be stored; {@code next} throws the exception of the Zoho client
     */
    public Iterator<PullPage> read(Exchange exchange) throws JsonProcessingException {
        Map<?, ?> run = exchange.getVariable("run", Map.class);
        PageFetcher fetcher = new PageFetcher(producer, exchange, pageSize);
        Map<?, ?> cursor = run.get("cursor") == null ? Map.of() : json.readValue(run.get("cursor").toString(), Map.class);
        Number records = (Number) run.get("records");
        java.sql.Timestamp since = (java.sql.Timestamp) run.get("since");
        Object read = "deletes".equals(cursor.get("read")) || fetcher.list().equals(cursor.get("list")) ? cursor.get("read") : null;
        boolean continues = Boolean.TRUE.equals(run.get("continues"));
        boolean changes = "incremental".equals(run.get("mode")) && since != null;
        int expected = records == null ? maxPages : (int) Math.max(1, (records.longValue() + pageSize - 1) / pageSize);
        if ("deletes".equals(read)) {
            return Collections.emptyIterator(); // the run has read all pages
        } else if ("since".equals(read)) {
            return new ModifiedSince(fetcher, Instant.parse(cursor.get(continues ? "nextSince" : "since").toString()),
                    number(cursor, continues ? "nextPage" : "page"), Boolean.TRUE.equals(cursor.get(continues ? "nextBack" : "back")), maxPages);
        } else if ("down".equals(read)) {
            return ByPageNumber.continueDown(fetcher, number(cursor, "page") - (continues ? 1 : 0), number(cursor, "total"), ahead);
        } else if ("up".equals(read)) {
            return ByPageNumber.up(fetcher, number(cursor, "page") + (continues ? 1 : 0), expected, ahead, maxPages);
        } else if (changes && fetcher.kind().sinceParameter() != null) {
            return new ModifiedSince(fetcher, since.toInstant(), 1, false, maxPages);
        } else if (changes && fetcher.kind().sortByChange() != null) {
            return new NewestFirst(fetcher, since.toInstant(), maxPages);
        } else if (records != null && fetcher.kind().sortByCreation() != null) {
            return ByPageNumber.down(fetcher, expected, ahead, maxPages);
        }
        return ByPageNumber.up(fetcher, 1, expected, ahead, maxPages);
    }

    private static int number(Map<?, ?> cursor, String key) {
        return ((Number) cursor.get(key)).intValue();
    }
}
