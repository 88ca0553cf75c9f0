/**
 * The OAuth pages on which a person connects an organisation with Zoho: what the browser is sent to agree to, and what it brings back.
 * May use {@code common}, {@code http}, {@code kinds}, {@code organisations}, {@code problem}, {@code push}, {@code zoho} and {@code zoho.connection}.
 */
package io.saddlebag.connect;
