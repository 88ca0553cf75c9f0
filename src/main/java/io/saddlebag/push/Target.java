package io.saddlebag.push;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One push target, read from its declaration, a file in {@code routes/push}. target.schema.json describes the keys. A run reads the target once into the variable
 * {@code target}, so a run ends with the declaration with which it began.
 *
 * @param name        the target's name in addresses, tables and settings: the name of its file
 * @param view        the view that its SQL file reads; null if the declaration names none
 * @param create      the call that creates records; null if this target never creates
 * @param update      the call that updates records; null if this target never updates
 * @param activate    the call that sets a record active; null if an update sets the status
 * @param deactivate  the call that sets a record inactive; null if an update sets the status
 * @param delete      the call that deletes records; null if this target never deletes
 * @param answers     one: the answer is the record; each: it has one result for each record; handle: the result comes later
 * @param answerList  the key of the list of results, where answers is each
 * @param repeatable  whether a repeated create makes no second record
 * @param uniqueField module and field of Zoho CRM that must reject duplicates; null if none has to
 * @param findOne     how a record is looked up by its external key; null if that is not possible
 * @param findAll     how a plan reads the records in Zoho; null if that is not possible
 * @param readMany    how a verification reads records by Zoho's ids; null if the declaration does not say
 * @param judge       the call that asks for the result of an accepted batch; null if the answer to a batch is its result
 * @param after       the targets that are pushed before this one
 * @param scopes      the OAuth scopes that a connection needs
 * @param rows        the text of its SQL file
 * @param withoutBooks the same target for an organisation without Books; null if it is the same for all organisations
 * @param settings    the whole declaration as JSON, with {@code mapping}, for the functions of PostgreSQL
 * @param mapping     digest of the declaration and its SQL file
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Target(String name, String description, String view, Operation create, Operation update, Operation activate, Operation deactivate,
        Operation delete, String answers, String answerList, boolean repeatable, String uniqueField, LookUp findOne, LookUp findAll, LookUp readMany, ResultCall judge, List<String> after,
        List<String> scopes, Target withoutBooks, String rows, String settings, String mapping) {

    /** Columns that the rows of a target's SQL file must have, with the names of their types in PostgreSQL. */
    public static final Map<String, String> COLUMNS = new TreeMap<>(Map.of("record_key", "text|varchar", "external_key", "text|varchar", "body", "jsonb"));
    /** Columns that the rows may also have. */
    public static final Map<String, String> OPTIONAL_COLUMNS = new TreeMap<>(Map.of("zero", "bool", "refused", "text|varchar", "needs", "text|varchar", "gone", "bool",
        "active", "bool", "total", "numeric|int4|int8|float8"));

    public Target {
        answers = answers == null ? "one" : answers;
        answerList = answerList == null ? "data" : answerList;
        after = after == null ? List.of() : List.copyOf(after);
        scopes = List.copyOf(scopes);
    }

    /** Of the name alone: Camel asks for the hash whenever a route reads a property. */
    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /**
     * @param request method and path, with {@code {externalKey}} and {@code {zohoId}}
     * @param query   null if the call has none
     * @param headers with {@code {externalKey}} and {@code {uniqueField}}
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Operation(String request, String query, Map<String, String> headers) {

        public Operation {
            headers = headers == null ? Map.of() : Map.copyOf(headers);
        }
    }

    /** See {@code lookUp} in target.schema.json. Keys that only PostgreSQL reads are in the settings. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record LookUp(String request, String query, String record, String list, String key, String id, boolean pages, String until, boolean twice, boolean mayMiss,
            Integer batch, String coql, String table, String tableKey, String tableId) {

        /** @return whether this look-up names the keys that it asks for, as push_judged decides it too */
        boolean asksByKey() {
            return coql != null || (request + query).contains("{externalKey");
        }
    }

    /** @param query with {@code {handle}}; null if the call has none */
    public record ResultCall(String request, String query) {
    }

    /** @throws IllegalArgumentException if the declaration has no such operation */
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

    /** @return how one record is looked up by its external key: findOne, or findAll if that asks for keys; null if that is not possible */
    public LookUp lookUp() {
        return findOne != null ? findOne : findAll != null && findAll.asksByKey() ? findAll : null;
    }

    /** @return whether a record is looked up whose create Zoho refused. Zoho CRM names the other record itself; the other products have no code for a duplicate. */
    public boolean looksUpRefused() {
        return lookUp() != null && lookUp().coql() == null;
    }

    /** @return whether a plan asks Zoho CRM if the unique field rejects duplicates */
    public boolean checksField() {
        return uniqueField != null && create != null && create.request().contains(" /crm/");
    }

    /** @return the kind of document of Zoho Books whose field of own references identifies a record, such as salesorder; null if the create names no such field */
    public String referenceOf() {
        return create != null && create.headers().containsValue("{uniqueField}") ? create.request().replaceFirst(".*/", "").replaceFirst("s$", "") : null;
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
