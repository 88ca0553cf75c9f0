package io.saddlebag.pull;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a page was rolled back for is told, also where the error ends the connection, so that the rollback fails as well. */
class RolledBackReasonIT extends PullCase {

    @AfterEach
    void mend() {
        saddlebag().database().execute("DROP FUNCTION IF EXISTS fail() CASCADE");
        saddlebag().database().execute("DROP INDEX IF EXISTS by_description");
    }

    /** 0A000, which a server in SQL_ASCII says of an "ü", ends a connection of the pool. */
    @Test
    void aRunThatFailedTellsTheFirstError() {
        failingOnEachItem("RAISE feature_not_supported USING MESSAGE = 'conversion between UTF8 and SQL_ASCII is not supported'");

        JsonNode run = saddlebag().pull("full");

        assertThat(run.get("status").asText()).isEqualTo("failed");
        assertThat(run.get("error").asText()).contains("conversion between UTF8 and SQL_ASCII is not supported").doesNotContain("closed");
    }

    @Test
    void aRunThatLostItsConnectionTellsWhyAndIsCarriedOn() {
        failingOnEachItem("PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(0.01)");

        JsonNode run = saddlebag().pull("full");

        assertThat(run.get("status").asText()).isEqualTo("abandoned");
        assertThat(run.get("error").asText()).contains("terminating connection due to administrator command").doesNotContain("is closed");
    }

    /** SQLSTATE 54000, which Spring takes for a database that is away. */
    @Test
    void aValueThatIsTooLongForAnIndexIsItsRecordsFault() {
        saddlebag().database().execute("CREATE INDEX by_description ON products (description)");
        String random = new Random(1).ints(9000, 'a', 'z').mapToObj(Character::toString).collect(Collectors.joining());
        ZOHO.catalogue().add(JsonNodeFactory.instance.objectNode().put("name", "much to say").put("description", random));

        JsonNode run = saddlebag().pull("full");

        assertThat(run.get("status").asText()).as(run.toString()).isEqualTo("partial");
        assertThat(run.get("rejected").asInt()).isEqualTo(1);
        assertThat(saddlebag().count("products")).isEqualTo(1319);
        assertThat(saddlebag().count("dead_letters WHERE error LIKE '%index row%'")).isEqualTo(1);
    }

    /** SQLSTATE 21000, which Spring takes for bad grammar. */
    @Test
    void aRecordForWhichAMappingGivesSeveralRowsIsAtFaultAlone() {
        failingOnEachItem("IF NEW.name = 'twice' THEN NEW.unit := (SELECT 'pcs' FROM generate_series(1, 2)); END IF");
        ZOHO.catalogue().add(JsonNodeFactory.instance.objectNode().put("name", "twice"));

        JsonNode run = saddlebag().pull("full");

        assertThat(run.get("status").asText()).as(run.toString()).isEqualTo("partial");
        assertThat(run.get("rejected").asInt()).isEqualTo(1);
        assertThat(saddlebag().count("products")).isEqualTo(1319);
        assertThat(saddlebag().count("dead_letters WHERE error LIKE '%more than one row%'")).isEqualTo(1);
    }

    private static void failingOnEachItem(String statement) {
        saddlebag().database().execute("CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN " + statement + "; RETURN NEW; END$$");
        saddlebag().database().execute("CREATE TRIGGER failing BEFORE INSERT ON products FOR EACH ROW EXECUTE FUNCTION fail()");
    }
}
