/**
 * Receives webhooks, stores each as an event in the inbox, and applies the events to the tables.
 * May use {@code common}, {@code database}, {@code http}, {@code kinds}, {@code problem}, {@code sink}, {@code zoho} and
 * {@code zoho.connection}.
 */
package io.saddlebag.webhook;
