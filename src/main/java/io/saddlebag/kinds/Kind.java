package io.saddlebag.kinds;

import java.util.List;

/**
 * One kind of record, as its declaration says: a file of {@code routes/kinds}, see kind.schema.json for its keys. Flows take it
 * once, as the variable {@code kind}, and so end with the declaration that they began with.
 *
 * @param name             the word for it in addresses, columns and settings: the file's name
 * @param path             of the list in Zoho's API; one record is at {@code path/{id}}
 * @param inventoryPath    the path of the list for an organisation without Books; null where the kind is not of Books
 * @param listKey          the keys under which an answer may hold the list
 * @param recordKey        the key of a single record; null where Zoho has no single records of this kind
 * @param idKey            the key of a record's id
 * @param detailKey        the key that single records have and the list has not; null where there is none
 * @param sortByCreation   the value of Zoho's {@code sort_column}; null where the list cannot be sorted so
 * @param sortByChange     likewise, and the key of a record's time
 * @param sinceParameter   the query parameter that asks for what changed since a time; null where there is none
 * @param batchPath        where Zoho answers for several records in one call; null where it does not
 * @param batchParameter   the query parameter of that call
 * @param table            the table of the records, a partition of {@code records} for a kind without a statement of its own
 * @param idColumn         the column of that table with Zoho's id
 * @param searchBy         the columns by which people look for a record, the first of which is its label; of a kind in {@code records} the keys
 * @param personal         the keys of records and columns of rows that hold personal data; empty: those of all kinds count, see {@link Kinds#personalOf}
 * @param webhookKeys      the keys of a complete webhook; empty: none is complete
 * @param webhookModules   for which Zoho has workflow rules; empty: for none
 * @param webhookAddress   the short name of its webhook address; null where it has none
 * @param scopes           what a connection must have agreed to
 * @param statement        the SQL file that writes the records
 * @param quality          the SQL file that measures what the rows lack; null where there is none
 * @param qualityRecords   the SQL file that lists the records of a measure; null where there is none
 * @param inRecordsTable   whether the records are kept as JSON, in the table {@code records}
 */
public record Kind(String name, String description, String path, String inventoryPath, List<String> listKey, String recordKey,
        String idKey, String detailKey, String sortByCreation, String sortByChange, String sinceParameter, String batchPath,
        String batchParameter, String table, String idColumn, List<String> searchBy, List<String> personal, List<String> webhookKeys, List<String> webhookModules,
        String webhookAddress, List<String> scopes, String statement, String quality, String qualityRecords, boolean inRecordsTable) {

    public Kind {
        listKey = List.copyOf(listKey);
        searchBy = searchBy == null ? List.of() : List.copyOf(searchBy);
        personal = personal == null ? List.of() : List.copyOf(personal);
        webhookKeys = webhookKeys == null ? List.of() : List.copyOf(webhookKeys);
        webhookModules = webhookModules != null ? List.copyOf(webhookModules) : recordKey == null ? List.of() : List.of(recordKey);
        scopes = List.copyOf(scopes);
    }

    /** Of the name alone: Camel asks for the hash whenever a route reads a property. */
    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /** The same kind read from Inventory, whose list is neither filtered nor sorted by change. */
    public Kind inInventory() {
        return new Kind(name, description, inventoryPath, inventoryPath, listKey, recordKey, idKey, detailKey, null, null, null, batchPath,
            batchParameter, table, idColumn, searchBy, personal, webhookKeys, webhookModules, webhookAddress, scopes, statement, quality, qualityRecords, inRecordsTable);
    }

    /** Whether Zoho's list can be asked for what changed. */
    public boolean listsChanges() {
        return sinceParameter != null || sortByChange != null;
    }

    /** The start of its path, such as {@code /books/v3}, where the settings of its Zoho product are. */
    public String product() {
        return path.replaceFirst("^((/[^/]+){2}).*", "$1");
    }

    @Override
    public String toString() {
        return name;
    }
}
