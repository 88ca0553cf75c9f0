package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.kinds.Kind;
import io.saddlebag.kinds.Kinds;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a run that continues goes on reading. */
class PullPagesTest {

    private static final int PAGE_SIZE = 200;

    private final PullPages pages = new PullPages(null, PAGE_SIZE, 1, 100);

    @Test
    void aRunThatStoredTheFirstPageOnItsWayDownHasNoFurtherPage() throws Exception {
        assertThat(pages.read(runAt(1, true)).hasNext()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void anyOtherRunHasOne(int page) throws Exception {
        assertThat(pages.read(runAt(page, page == 2)).hasNext()).isTrue();
    }

    private static Exchange runAt(int page, boolean continues) throws Exception {
        Kind items = new Kinds(Path.of("routes/kinds")).of("items");
        String cursor = new ObjectMapper().writeValueAsString(Map.of("read", "down", "page", page, "total", 500, "list", PageFetcher.list(items, PAGE_SIZE)));
        Exchange run = new DefaultExchange(new DefaultCamelContext());
        run.setVariable("kind", items);
        run.setVariable("run", Map.of("mode", "full", "cursor", cursor, "continues", continues));
        return run;
    }
}
