/**
 * The kinds of record that this installation copies, as the files in routes/kinds declare them. A new kind needs no class.
 * May use {@code common} and {@code declarations}.
 */
package io.saddlebag.kinds;
