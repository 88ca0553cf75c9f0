/**
 * The records, and what the APIs answer when somebody reads or writes them. A record follows from its index; only changes are
 * kept, so a million records take no memory. {@code Item*} are items; all other kinds come from {@code sandbox/kinds.json}
 * and the {@code Sample*} classes;
 * {@link io.saddlebag.sandbox.data.StoredRecords} are what clients make, in kinds that start without
 * records. May use {@code query}, {@code limits}, {@code faults} and {@code wire}.
 */
package io.saddlebag.sandbox.data;
