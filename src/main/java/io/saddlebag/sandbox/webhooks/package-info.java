/** Webhooks and workflow rules that a client registers, and what they send when a record changes. May use {@code data} and {@code wire}. */
package io.saddlebag.sandbox.webhooks;
