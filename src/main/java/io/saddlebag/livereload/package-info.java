/**
 * Checks route, SQL and kind files, in the build and before a live reload, and swaps changed routes while the others run.
 * May use {@code common}, {@code database}, {@code declarations} and {@code kinds}.
 */
package io.saddlebag.livereload;
