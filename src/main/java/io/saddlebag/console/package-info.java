/**
 * The pages of the console. A page reads data and acts only through the addresses of the API, inside this process, so that a page can do no more than a program.
 * May use {@code http}, {@code problem} and {@code security}.
 */
package io.saddlebag.console;
