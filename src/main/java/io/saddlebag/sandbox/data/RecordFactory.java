package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalLong;

/**
 * Makes the records of one kind from their index. An unchanged record is the same at every start and in every process, so a
 * catalogue of any length takes no memory.
 */
public interface RecordFactory {

    /** The key of a record's id. */
    String idKey();

    String id(int index);

    /** The id of a record that is made while the sandbox runs. */
    String newId(long number);

    /** The index of an id; -1 when no index has it. */
    int index(String id);

    /** The record as a list has it; {@code recordBytes} is the wanted size of a plain one, 0 for none. */
    ObjectNode list(int index, int recordBytes, RecordChange change);

    /** The record as it is answered alone. */
    ObjectNode detail(int index, int recordBytes, RecordChange change);

    /**
     * A time of an unchanged record, in seconds since 1970; empty when only the record itself tells.
     */
    OptionalLong seconds(int index, String key);
}
