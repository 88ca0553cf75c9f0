/**
 * Alerts: the channels that report problems which begin or end, and the text of the messages. The flow is in {@code routes/alerts}.
 * May use {@code common} and {@code problem}.
 */
package io.saddlebag.alerts;
