/**
 * Pictures of items: what is stored, and thumbnails of what is large. May use {@code common}, {@code database} and {@code zoho}.
 */
package io.saddlebag.images;
