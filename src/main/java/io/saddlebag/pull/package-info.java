/**
 * Reads lists and single records from Zoho: when runs start, how pages are read so that no record is missed, which deletes are
 * confirmed. May use {@code common}, {@code database}, {@code kinds}, {@code sink}, {@code zoho} and {@code zoho.connection}.
 */
package io.saddlebag.pull;
