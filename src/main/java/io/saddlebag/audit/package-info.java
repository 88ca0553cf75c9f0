/**
 * The audit of what the settings and logins do. Actions of requests are audited by the route {@code audit}.
 * Uses no other package of the application.
 */
package io.saddlebag.audit;
