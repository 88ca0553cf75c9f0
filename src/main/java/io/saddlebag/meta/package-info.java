/**
 * One call to Meta's Graph API, and what its answer means. The failures are those of a call to Zoho, so that their callers need no second set.
 * May use {@code common} and {@code zoho}.
 */
package io.saddlebag.meta;
