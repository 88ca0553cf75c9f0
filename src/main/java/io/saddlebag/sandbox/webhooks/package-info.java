/**
 * Webhooks and workflow rules that a client registers, and their calls when a record changes. May use {@code data} and
 * {@code wire}.
 */
package io.saddlebag.sandbox.webhooks;
