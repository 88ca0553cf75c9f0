/**
 * Push targets: write the business's own records to Zoho. Each target is declared by files in routes/push, so a new target needs no Java class.
 * May use {@code common}, {@code database}, {@code declarations}, {@code kinds} and {@code zoho}.
 */
package io.saddlebag.push;
