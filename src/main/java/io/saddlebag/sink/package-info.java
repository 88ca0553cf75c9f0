/**
 * A page of records on its way into a table, whoever read it: checks, filters, batches, rejects.
 * May use {@code common}, {@code database}, {@code kinds} and {@code zoho}.
 */
package io.saddlebag.sink;
