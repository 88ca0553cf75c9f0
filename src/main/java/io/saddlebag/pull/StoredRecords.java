package io.saddlebag.pull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.saddlebag.sink.PullPage;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;

/** Makes pages for the sink out of records that are stored already. */
@Component("storedRecords")
public class StoredRecords {

    /** Numbers stay as exact as {@code jsonb} keeps them. */
    private final JsonMapper json = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    /**
     * @param rows records (a JSON array, as PostgreSQL wrote it) and last, the id of the last of them
     * @return their page, without ids of good records: an old version that can be stored does not close the dead letter of a newer one
     * @throws RunStoppedException when this process is stopping
     */
    public PullPage page(Exchange exchange, Map<String, Object> rows) throws JsonProcessingException {
        if (exchange.getContext().isStopping()) {
            throw new RunStoppedException();
        }
        String records = (String) rows.get("records");
        String last = (String) rows.get("last");
        PullPage page = new PullPage(json.readValue(records, List.class), null, null, "none")
                .in("up to " + last, null, json.writeValueAsString(Map.of("read", "stored", "after", last)));
        page.keepChecked(page.records(), records);
        return page;
    }
}
