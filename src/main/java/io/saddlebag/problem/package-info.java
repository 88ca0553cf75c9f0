/**
 * Answers to requests that fail, as application/problem+json (RFC 9457), whoever refuses them: a route, a filter or the server.
 * May use {@code common} and {@code http}.
 */
package io.saddlebag.problem;
