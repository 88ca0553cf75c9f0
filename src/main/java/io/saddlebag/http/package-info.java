/**
 * How a request reaches a route and an answer its sender: bodies are buffered without a waiting thread, routes start after all
 * filters, ambiguous paths and unfinished bodies are refused; how cookies are made. May use {@code common}.
 */
package io.saddlebag.http;
