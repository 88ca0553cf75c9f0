/** The parameters of a list call: page, order and filters. May use {@code wire}. */
package io.saddlebag.sandbox.query;
