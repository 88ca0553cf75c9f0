package io.saddlebag.livereload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.kinds.Kinds;
import io.saddlebag.push.Target;
import io.saddlebag.push.Targets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** A declaration of a push target and its SQL file are taken over as a route is: accepted, refused with file, line and reason, or removed. */
class LiveTargetIT extends LiveEditingTestBase {

    private static final String FILE = "push/own-vendors.yaml";
    private static final String SQL = "push/own-vendors.sql";
    private static final String VENDORS = """
        description: For a test.
        create:
          request: POST /crm/v8/Vendors/upsert
        required: [Vendor_Name]
        scopes: [ZohoCRM.modules.vendors.ALL]
        """;
    private static final String ROWS = """
        SELECT v.key AS record_key, v.key AS external_key, jsonb_build_object('Vendor_Name', v.key) AS body
          FROM (VALUES ('a')) v(key)
         WHERE :?org <> '' AND (CAST(:?keys AS text[]) IS NULL OR v.key = ANY (CAST(:?keys AS text[])))
        """;

    @Autowired Targets targets;
    @Autowired Kinds kinds;

    @BeforeEach
    void declare() {
        FOLDER.save(SQL, ROWS);
        FOLDER.save(FILE, VENDORS);
        await().until(() -> targets.has("own-vendors"));
    }

    @AfterEach
    void removeTargets() {
        FOLDER.deleteIfThere(FILE);
        FOLDER.deleteIfThere(SQL);
        FOLDER.deleteIfThere("kinds/own-vendors.yaml");
        FOLDER.deleteIfThere("push/orders.yaml");
        FOLDER.deleteIfThere("kinds/orders.yaml");
        await().until(() -> targets.names().isEmpty() && kinds.names().isEmpty());
    }

    @Test
    void aChangedDeclarationOrSqlFileIsInForceAndAChangedMappingIsSeen() {
        Target before = targets.of("own-vendors");
        FOLDER.save(FILE, VENDORS + "batch: 100\n");
        await().until(() -> !targets.of("own-vendors").mapping().equals(before.mapping()));
        Target second = targets.of("own-vendors");
        FOLDER.save(SQL, ROWS.replace("'a'", "'b'"));
        await().until(() -> targets.of("own-vendors").rows().contains("'b'"));
        assertThat(targets.of("own-vendors").mapping()).isNotEqualTo(second.mapping());
        assertThat(before.rows()).contains("'a'");
        await().untilAsserted(() -> assertThat(report.getTakenOver()).contains("Taken over " + FOLDER.path(FILE)));
        assertUntouched("ask-any"); // which reads any SQL file
    }

    @Test
    void aBrokenDeclarationOrSqlFileIsRefusedAndTheOldOneGoesOn() {
        Target before = targets.of("own-vendors");
        FOLDER.save(FILE, VENDORS.replace("required:", "requierd:"));
        refusedAt(FILE, 4, "unknown key \"requierd\". Did you mean required?", "ask-any");
        FOLDER.save(FILE, VENDORS);
        FOLDER.save(SQL, "SELECT 'a' AS record_key,\n  nothing");
        refusedAt(SQL, 2, "column \"nothing\" does not exist", "ask-any");
        FOLDER.save(SQL, ROWS.replace(" AS body", " AS bodies"));
        awaitRefused(SQL, 1, "gives no column body. The columns are body, external_key, record_key; it may have active, gone, needs, refused, total, zero");
        FOLDER.save(SQL, ROWS.replace("AS body", "AS body, true AS refussed"));
        awaitRefused(SQL, 1, "gives the column refussed, which nobody reads");
        FOLDER.save(SQL, ROWS.replace("AS body", "AS body, 1 AS gone"));
        awaitRefused(SQL, 1, "gives gone as int4. CAST it to bool");
        assertThat(targets.of("own-vendors")).isSameAs(before);
        FOLDER.save(SQL, ROWS);
        await().untilAsserted(() -> assertThat(report.getRefused()).isEmpty());
    }

    @Test
    void aDeclarationWithoutItsSqlFileWaitsForTheFileAndADeletedOneGoes() {
        FOLDER.delete(SQL);
        awaitRefused(FILE, 1, "has no readable own-vendors.sql beside it");
        assertThat(targets.has("own-vendors")).isTrue();
        FOLDER.save(SQL, ROWS);
        await().untilAsserted(() -> assertThat(report.getRefused()).isEmpty());
        FOLDER.delete(FILE);
        await().until(() -> !targets.has("own-vendors"));
        await().untilAsserted(() -> assertThat(report.getTakenOver()).contains("Removed " + FOLDER.path(FILE)));
    }

    @Test
    void aNameIsThatOfATargetOrOfAKindAndNoWordOfAnAddress() {
        String kind = "description: For a test.\npath: /books/v3/orders\nlistKey: orders\nidKey: order_id\nscopes: [ZohoBooks.orders.READ]\n";
        FOLDER.save("kinds/orders.yaml", kind);
        await().until(() -> kinds.has("orders"));
        FOLDER.save("push/orders.yaml", VENDORS);
        awaitRefused("push/orders.yaml", 1, "\"orders\" is the name of a kind of record");
        FOLDER.save("kinds/own-vendors.yaml", kind);
        awaitRefused("kinds/own-vendors.yaml", 1, "\"own-vendors\" is the name of a push target");
        for (String word : new String[] {"all", "runs", "confirm"}) {
            FOLDER.save("push/" + word + ".yaml", VENDORS);
            awaitRefused("push/" + word + ".yaml", 1, "\"" + word + "\" is used by an address under /api/push");
            FOLDER.delete("push/" + word + ".yaml");
        }
        assertThat(targets.names()).containsExactly("own-vendors");
    }
}
