package io.saddlebag.webhook;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.data.Catalogue;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;

/** A record of the sandbox that changes, is removed and comes back, what Zoho then sends, and its row. */
final class StormRecord {

    /** Of what kind a record is. */
    record Kind(Catalogue records, String path, String recordKey, String idKey, String nameKey, String table, String keyColumn) {
    }

    /** What one webhook says. */
    record Message(String path, String id, String body) {
    }

    private final Kind kind;
    private final String id;
    private ObjectNode last;
    private boolean there = true;
    private boolean told;
    private int changes;

    StormRecord(Kind kind) {
        this.kind = kind;
        id = kind.records().add(name());
        last = kind.records().find(id).orElseThrow();
    }

    /** Something happens to it. @return what Zoho says of that: the whole record, a part of it, or its id alone */
    synchronized Message change(Random dice) {
        String event = there ? dice.nextInt(5) == 0 ? "deleted" : "updated" : "created";
        switch (event) {
            case "deleted" -> kind.records().remove(id);
            case "created" -> kind.records().add(name().put(kind.idKey(), id));
            default -> kind.records().change(id, name(), Set.of(), true);
        }
        there = !event.equals("deleted");
        last = kind.records().find(id).orElse(last);
        return message(event, dice.nextInt(4));
    }

    /** @param form 0: the whole record, 1: its id alone, 2: some of it */
    synchronized Message changed(int form) {
        return message("updated", form);
    }

    private Message message(String event, int form) {
        told = true;
        ObjectNode record = last.deepCopy();
        if (form == 1) {
            record.retain(kind.idKey());
        } else if (form == 2) {
            record.retain(kind.idKey(), kind.nameKey(), "last_modified_time");
        }
        return new Message(kind.path() + "?event=" + event, id,
            JsonNodeFactory.instance.objectNode().<ObjectNode>set(kind.recordKey(), record).toString());
    }

    /** @return null when its row is what Zoho says, or nobody was told of it; else what is wrong */
    String difference(JdbcTemplate database) {
        if (!told) {
            return null;
        }
        List<Map<String, Object>> rows = database.queryForList("SELECT source ->> ? AS name, CAST(zoho_modified_at AS text) AS modified,"
            + " CAST(CAST(? AS timestamptz) AS text) AS expected, deleted_at IS NULL AS living FROM " + kind.table() + " WHERE "
            + kind.keyColumn() + " = ?", kind.nameKey(), last.get("last_modified_time").asText(), id);
        String events = " after " + database.queryForList("SELECT id, event, modified, complete, status, error, attempts, received_at, processed_at"
            + " FROM webhook_events WHERE zoho_id = ? ORDER BY id DESC LIMIT 6", id);
        boolean living = rows.size() == 1 && rows.get(0).get("living").equals(true);
        if (living != there) {
            return kind.table() + " " + id + (there ? " is there and has no living row: " : " is gone and has a living row: ") + rows + events;
        }
        return !there || rows.get(0).get("name").equals(last.get(kind.nameKey()).asText())
            && rows.get(0).get("modified").equals(rows.get(0).get("expected")) ? null : "Zoho has " + last + ", the row is " + rows + events;
    }

    private ObjectNode name() {
        return JsonNodeFactory.instance.objectNode().put(kind.nameKey(), "storm " + ++changes);
    }
}
