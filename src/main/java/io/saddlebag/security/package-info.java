/**
 * Who may call what: logins of staff and of the scheduler, pauses after wrong passwords, CSRF, limits for the console.
 * May use {@code common}, {@code http}, {@code kinds} and {@code problem}.
 */
package io.saddlebag.security;
