/**
 * One call to Zoho: deadline, quota, circuit breaker, and what an answer means. The exceptions say what a caller can do.
 * May use {@code common} and {@code kinds}.
 */
package io.saddlebag.zoho;
