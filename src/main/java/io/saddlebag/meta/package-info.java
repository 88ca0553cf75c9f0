/**
 * One call to Meta's Graph API, and the meaning of the answer. A failure is an exception of package zoho, so that callers handle Zoho and Meta alike.
 * May use {@code common} and {@code zoho}.
 */
package io.saddlebag.meta;
