/**
 * Creating, changing and removing organisations over HTTP, with their clocks, kinds and filters.
 * May use {@code common}, {@code http}, {@code kinds}, {@code problem}, {@code pull} (for the form of a timer), {@code push}, {@code webhook}
 * (for the secrets of webhooks), {@code zoho} and {@code zoho.connection}.
 */
package io.saddlebag.organisations;
