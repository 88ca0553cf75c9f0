package io.saddlebag.sandbox.crm;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.limits.WriteLog;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.Request;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** All that Zoho CRM remembers: modules with their records, habits, spent credits. */
public class Crm {

    private final InstantSource clock;
    private final WriteLog written;
    private final Map<String, Integer> spent = new HashMap<>();
    private Map<String, CrmTable> tables;
    private CrmHabits habits = CrmHabits.USUAL;

    public Crm(WriteLog written, InstantSource clock) {
        this.written = written;
        this.clock = clock;
    }

    /** By name, in the order of the description, which is read at the first call. */
    private synchronized Map<String, CrmTable> tables() {
        if (tables == null) {
            Map<String, CrmTable> made = new LinkedHashMap<>();
            Json.resource("/sandbox/crm.json").get("modules").forEach(described -> {
                CrmModule module = Json.value(described, CrmModule.class);
                made.put(module.name(), new CrmTable(module, clock));
            });
            tables = made;
        }
        return tables;
    }

    /** The module's records; empty when there is no such module. */
    public Optional<CrmTable> table(String module) {
        return Optional.ofNullable(tables().get(module));
    }

    boolean exists(String module, String id) {
        return table(module).flatMap(table -> table.records().find(id)).isPresent();
    }

    WriteLog written() {
        return written;
    }

    public synchronized CrmHabits habits() {
        return habits;
    }

    public synchronized void change(CrmHabits changed) {
        habits = changed;
        tables().values().forEach(table -> table.currencies(changed.currencies()));
    }

    /** Which fields of each module take no duplicates. */
    public synchronized ObjectNode unique() {
        ObjectNode unique = Json.object();
        tables().forEach((name, table) -> unique.set(name, Json.tree(table.unique())));
        return unique;
    }

    /** @throws IllegalArgumentException when there is no such module or field */
    public synchronized void unique(String module, List<String> fields) {
        table(module).orElseThrow(() -> new IllegalArgumentException("The modules are " + String.join(", ", tables().keySet()) + "."))
                .unique(fields);
    }

    /** Takes credits for a call; false when too few are left. */
    synchronized boolean pay(String organisation, int credits) {
        int all = spent.getOrDefault(organisation, 0) + credits;
        if (habits.credits() > 0 && all > habits.credits()) {
            return false;
        }
        spent.put(organisation, all);
        return true;
    }

    /** What {@code X-API-CREDITS-REMAINING} says; empty while less than half is spent. */
    public synchronized Optional<Integer> creditsLeft(String organisation) {
        int used = spent.getOrDefault(organisation, 0);
        return habits.credits() > 0 && used * 2L >= habits.credits() ? Optional.of(habits.credits() - used) : Optional.empty();
    }

    /** The scopes that open an address of CRM, without the operation; none where there is no such address. */
    public List<String> scopes(Request request) {
        String name = request.collection().startsWith("/crm/v8/") ? request.resource().get(0) : "";
        return switch (name) {
            case "settings" -> List.of("ZohoCRM.settings.fields", "ZohoCRM.settings");
            case "coql" -> List.of("ZohoCRM.coql");
            default -> table(name).isEmpty() ? List.of()
                    : List.of("ZohoCRM.modules." + name.toLowerCase(Locale.ROOT), "ZohoCRM.modules");
        };
    }

    public synchronized void reset() {
        tables().values().forEach(CrmTable::reset);
        change(CrmHabits.USUAL);
        spent.clear();
    }
}
