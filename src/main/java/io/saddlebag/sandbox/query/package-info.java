/** What a list call asks for: page, order and filters, read from its parameters. May use {@code wire}. */
package io.saddlebag.sandbox.query;
