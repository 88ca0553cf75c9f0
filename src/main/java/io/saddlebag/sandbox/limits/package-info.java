/** Zoho's limits on calls, and the counts of calls that arrived and of what writes did. May use {@code wire}. */
package io.saddlebag.sandbox.limits;
