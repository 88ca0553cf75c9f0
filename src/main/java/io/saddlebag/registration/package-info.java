/**
 * Registers webhooks and workflow rules in Zoho, so that nobody has to click them together.
 * May use {@code common}, {@code connect} (for scopes and the public address), {@code http}, {@code kinds}, {@code problem},
 * {@code webhook} (for the secrets of webhooks), {@code zoho} and {@code zoho.connection}.
 */
package io.saddlebag.registration;
