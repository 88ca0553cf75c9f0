/**
 * Meta's product catalogue, as far as a shop writes to it: batches are accepted at once and judged later. May use {@code data},
 * {@code limits} and {@code wire}.
 */
package io.saddlebag.sandbox.meta;
