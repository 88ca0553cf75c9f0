/**
 * Checks route, SQL, kind and target files, in the build and before a live reload, and swaps changed routes while the others run.
 * May use {@code common}, {@code database}, {@code declarations}, {@code kinds} and {@code push}.
 */
package io.saddlebag.livereload;
