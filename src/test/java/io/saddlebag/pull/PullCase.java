package io.saddlebag.pull;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.saddlebag.kinds.Kind;
import io.saddlebag.kinds.Kinds;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** One application and one Zoho for all tests of pulls; both as new before each, but for the token between them. */
abstract class PullCase {

    static final SandboxServer ZOHO = SandboxServer.shared();

    static SaddlebagServer saddlebag() {
        return SaddlebagServer.plain();
    }

    /** After classes of other subjects. */
    @BeforeAll
    static void asStarted() {
        saddlebag().asStarted();
    }

    /** The cursor of a run of items. */
    static String cursor(SaddlebagServer in, int pageSize, String read, int page, long total) {
        Kind items = in.bean(Kinds.class).of("items");
        return JsonNodeFactory.instance.objectNode().put("read", read).put("page", page).put("total", total)
                .put("list", PageFetcher.list(items, pageSize)).toString();
    }

    @BeforeEach
    void asNew() {
        ZOHO.catalogue().reset();
        ZOHO.faults().clear();
        ZOHO.calls().reset();
        ZOHO.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        saddlebag().empty("products", "product_prices", "dead_letters", "sync_watermarks", "sync_runs", "scheduled_runs", "zoho_calls", "record_changes",
                "invoices", "bills", "stock_adjustments", "customer_payments", "detail_attempts", "detail_progress", "stock_queue");
        saddlebag().database().execute("UPDATE organisations SET blocked_until = NULL, day_remaining = NULL, day_resets_at = NULL, wanted_until = NULL,"
                + " books_missing_since = NULL, books_refused = '{}'");
        saddlebag().database().execute("DELETE FROM token_requests"); // those of the tests before
        saddlebag().database().execute("DELETE FROM missing_scopes");
        saddlebag().database().execute("UPDATE connections SET issued_at = now() - interval '10 minutes'"); // others end its tokens
    }
}
