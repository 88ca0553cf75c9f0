/**
 * Push targets: the business's own records in Zoho, as the files in routes/push declare them. A new target needs no class.
 * May use {@code common}, {@code declarations}, {@code kinds} and {@code zoho}.
 */
package io.saddlebag.push;
