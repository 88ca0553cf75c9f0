package io.saddlebag.sink;

/**
 * A record that cannot be stored.
 *
 * @param zohoId its id; null when it has none that is usable
 * @param payload the record as JSON text
 * @param error why, in words
 */
public record Reject(String zohoId, String payload, String error) { }
