package io.saddlebag.webhook;

import io.saddlebag.pull.PullPage;
import org.springframework.stereotype.Component;

/** The status with which an event ends, and why, where that is not that its record was stored. */
@Component("webhookOutcome")
public class WebhookOutcome {

    private static final String FILTERED = "The organisation's filter leaves it out";

    /**
     * @param verdict store, same, older or filtered of a complete record; fetched, gone (its row was marked) or unknown (gone, and
     *        there is no living row) of one that was asked for
     * @param page the record's, which tells what the sink made of it; counts for nothing where the record is gone
     */
    public String of(String verdict, PullPage page) {
        return switch (verdict) {
            case "gone", "same" -> "done";
            case "unknown", "older", "filtered" -> "ignored";
            default -> page.rejected() > 0 ? "dead" : page.leftOut() > 0 ? "ignored" : "done";
        };
    }

    /** @return null where there is nothing to say */
    public String reason(String verdict, PullPage page) {
        return switch (verdict) {
            case "gone", "same" -> null;
            case "unknown" -> "Zoho has no such record, nor is there a living row of it";
            case "older" -> "The row is newer";
            case "filtered" -> FILTERED;
            default -> page.rejected() > 0 ? page.rejects().get(0).error()
                : page.leftOut() > 0 ? FILTERED : null;
        };
    }
}
