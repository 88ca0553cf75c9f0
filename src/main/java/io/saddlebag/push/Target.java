package io.saddlebag.push;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One push target, as its declaration says: a file of {@code routes/push}, see target.schema.json for its keys. A run takes it once, as
 * the variable {@code target}, and so ends with the declaration that it began with.
 *
 * @param name        the word for it in addresses, tables and settings: the file's name
 * @param view        the view that its SQL file reads; null where the declaration names none
 * @param create      the call that creates records; null: this target never creates
 * @param update      the call that updates records; null: this target never updates
 * @param activate    the call that sets a record active; null: the status is no call of its own
 * @param deactivate  the call that sets a record inactive; null likewise
 * @param delete      the call that deletes records; null: this target never deletes
 * @param repeatable  whether sending the create again makes no second record
 * @param uniqueField module and field that must take no duplicates in the account; null: none must
 * @param findOne     how one record is looked for by its external key; null where it cannot be
 * @param findAll     how a plan reads what Zoho has; null where it cannot be read
 * @param judge       how the result of an accepted batch is asked for; null where answers are results
 * @param after       targets that are pushed before this one
 * @param scopes      what a connection must have agreed to
 * @param rows        the text of its SQL file
 * @param withoutBooks the same target for an organisation without Books; null: there is no other way
 * @param settings    the whole declaration as JSON, with {@code mapping}, for the functions of PostgreSQL
 * @param mapping     digest of the declaration and its SQL file
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Target(String name, String description, String view, Operation create, Operation update, Operation activate, Operation deactivate,
        Operation delete, String answers, boolean repeatable, String uniqueField, LookUp findOne, LookUp findAll, Judge judge, List<String> after,
        List<String> scopes, Target withoutBooks, String rows, String settings, String mapping) {

    /** Columns that the rows of its SQL file have, and their types, in PostgreSQL's words. */
    public static final Map<String, String> COLUMNS = new TreeMap<>(Map.of("record_key", "text|varchar", "external_key", "text|varchar", "body", "jsonb"));
    /** Columns that the rows may have besides. */
    public static final Map<String, String> OPTIONAL_COLUMNS = new TreeMap<>(Map.of("zero", "bool", "refused", "text|varchar", "needs", "text|varchar", "gone", "bool",
        "active", "bool", "total", "numeric|int4|int8|float8"));

    public Target {
        answers = answers == null ? "one" : answers;
        after = after == null ? List.of() : List.copyOf(after);
        scopes = List.copyOf(scopes);
    }

    /**
     * @param request method and path, with {@code {externalKey}} and {@code {zohoId}}
     * @param query   null where there is none
     * @param headers with {@code {externalKey}} and {@code {uniqueField}}
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Operation(String request, String query, Map<String, String> headers) {

        public Operation {
            headers = headers == null ? Map.of() : Map.copyOf(headers);
        }
    }

    /** See {@code lookUp} in target.schema.json; what only PostgreSQL reads of it is in the settings. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record LookUp(String request, String query, String record, String list, String key, String id, boolean pages, String until, boolean twice, boolean mayMiss,
            Integer batch, String coql, String table, String tableKey, String tableId) {
    }

    /** @param query with {@code {handle}}; null where there is none */
    public record Judge(String request, String query) {
    }

    /** @throws IllegalArgumentException when the declaration has no such operation */
    public Operation operation(String name) {
        Operation operation = switch (name) {
            case "create" -> create;
            case "update" -> update;
            case "activate" -> activate;
            case "deactivate" -> deactivate;
            case "delete" -> delete;
            default -> null;
        };
        if (operation == null) {
            throw new IllegalArgumentException("The target " + this.name + " declares no " + name);
        }
        return operation;
    }

    /** @return whether a plan asks Zoho CRM if the unique field takes no duplicates */
    public boolean checksField() {
        return uniqueField != null && create != null && create.request().contains(" /crm/");
    }

    /** @return the targets that are pushed before this one, separated by commas */
    public String afterList() {
        return String.join(",", after);
    }

    @Override
    public String toString() {
        return name;
    }
}
