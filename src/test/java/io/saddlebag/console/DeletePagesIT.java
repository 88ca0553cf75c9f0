package io.saddlebag.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.testkit.SaddlebagServer;
import java.util.List;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A person decides on records that a run did not find in Zoho. */
@Tag("sql")
class DeletePagesIT extends ConsoleCase {

    @BeforeAll
    void start() {
        zoho.catalogue().resize(40, 0);
    }

    @Test
    void aFewAreKeptTheOthersReleasedAndThenRestored() {
        saddlebag.pull("full");
        List<String> gone = saddlebag.database().queryForList("SELECT zoho_item_id FROM products ORDER BY zoho_item_id LIMIT 15", String.class);
        gone.forEach(zoho.catalogue()::remove);
        long held = saddlebag.pull("full").get("id").asLong();

        Element run = browser.page("/deletes").select("#deletes tr:has(th:contains(" + held + "))").first();
        assertThat(run.select("td").eachText()).contains("items", "15 of 40", "37.5 %");
        assertThat(run.select(".status").text()).isEqualTo("15 held");
        assertThat(run.text()).contains("more than 10 % of 40");
        Document records = browser.page("/deletes/" + held);
        assertThat(records.select("#chosen tbody tr")).hasSize(15);
        String name = saddlebag.database().queryForObject("SELECT name FROM products WHERE zoho_item_id = ?", String.class, gone.get(0));
        String sku = saddlebag.database().queryForObject("SELECT sku FROM products WHERE zoho_item_id = ?", String.class, gone.get(0));
        assertThat(records.select("#chosen tbody tr").first().text()).contains(name, gone.get(0), "sku " + sku);

        browser.press(records.select("#chosen").first());
        assertThat(browser.page("/deletes/" + held).select(".said.bad").text()).contains("no record is chosen");
        assertThat(count(held, "refused")).as("none chosen is not all").isZero();

        browser.press(records.select("#chosen").first(), "body.zohoIds[]", gone.get(0), "body.zohoIds[]", gone.get(1));
        assertThat(count(held, "refused")).isEqualTo(2);
        assertThat(browser.page("/deletes/" + held + "?state=refused").select("#chosen tbody tr")).hasSize(2);
        assertThat(browser.page("/deletes/" + held + "?state=refused").select("#chosen input[type=checkbox]")).as("it is decided").isEmpty();
        String release = browser.press(browser.page("/deletes/" + held).select("form:has(button:contains(Release))").first());
        assertThat(release).matches("/runs/[0-9]+");
        long released = Long.parseLong(release.substring("/runs/".length()));
        assertThat(saddlebag.ended(released).get("deleted").asInt()).isEqualTo(13);
        assertThat(browser.page("/deletes").select("#deletes .status").eachText()).containsExactly("13 gone", "2 refused");
        assertThat(browser.page("/deletes").select("#deletes").text()).contains("by run " + released);

        JsonNode progress = SaddlebagServer.json(saddlebag.call("GET", "/api/sync/runs/" + released + "/progress"));
        assertThat(progress.get("done").asInt()).isEqualTo(13);
        assertThat(progress.get("expected").asInt()).isEqualTo(13);
        assertThat(browser.page("/runs/" + released).select("#run").text()).contains("releases what run " + held + " held").contains("by admin");
        JsonNode decided = SaddlebagServer.json(saddlebag.call("GET", "/api/sync/runs/" + held + "/deletes")).get("deletes");
        assertThat(decided.findValuesAsText("decidedByUser")).hasSize(15).containsOnly("admin");
        assertThat(browser.page("/deletes/" + held).select("#chosen tbody tr").eachText()).allMatch(row -> row.endsWith("admin"));

        browser.press(browser.page("/deletes/" + held).select("form:has(button:contains(Restore))").first());
        assertThat(browser.page("/deletes/" + held).select("section[aria-label=Decide] .status").eachText()).containsExactly("2 refused", "13 restored");
        assertThat(saddlebag.count("products WHERE deleted_at IS NOT NULL")).isZero();
    }

    @Test
    void runsAndRecordsArePagedByTheirKeys() {
        saddlebag.database().update("INSERT INTO sync_runs (org, entity, mode, trigger, status, seen) SELECT ?, 'invoices', 'full', 'timer', 'partial', 100 FROM generate_series(1, 25)",
            SaddlebagServer.ORG);
        saddlebag.database().execute("INSERT INTO sync_deletes (run_id, zoho_id, requested_at) SELECT r.id, n::text, now() FROM sync_runs r CROSS JOIN generate_series(1, 150) n"
            + " WHERE r.entity = 'invoices' AND r.seen = 100");

        JsonNode first = SaddlebagServer.json(saddlebag.call("GET", "/api/deletes?entity=invoices"));
        JsonNode second = SaddlebagServer.json(saddlebag.call("GET", "/api/deletes?entity=invoices&before=" + first.get("next")));

        assertThat(first.get("runs")).hasSize(20);
        assertThat(second.get("runs")).hasSize(5);
        assertThat(second.get("next").isNull()).isTrue();
        assertThat(first.at("/runs/0/of").asInt()).isEqualTo(250);
        Document records = browser.page("/deletes/" + first.at("/runs/0/runId"));
        assertThat(records.select("#chosen tbody tr")).hasSize(100);
        assertThat(browser.page(records.select(".pages a:contains(Next)").attr("href")).select("#chosen tbody tr")).hasSize(50);
        saddlebag.database().execute("DELETE FROM sync_runs WHERE entity = 'invoices'");
    }

    private long count(long run, String state) {
        return saddlebag.count("sync_deletes WHERE run_id = " + run + " AND state = '" + state + "'");
    }
}
