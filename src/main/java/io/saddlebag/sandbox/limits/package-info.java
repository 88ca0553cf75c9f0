/** Zoho's limits on calls, and the counts of calls that arrived. May use {@code wire}. */
package io.saddlebag.sandbox.limits;
