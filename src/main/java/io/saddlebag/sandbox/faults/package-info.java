/** What can go wrong on purpose, from a late answer to a reset connection. May use {@code limits} and {@code wire}. */
package io.saddlebag.sandbox.faults;
