/**
 * Security: logins of staff and of the scheduler, permissions, waits after wrong passwords, CSRF, and limits for the console.
 * May use {@code audit}, {@code common}, {@code connect}, {@code http}, {@code kinds} and {@code problem}.
 */
package io.saddlebag.security;
