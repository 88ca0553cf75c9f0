/**
 * What every package needs and no library has: settings that name themselves when they are wrong, secrets and their encryption,
 * the reason of a failure in one line, counters, log lines as JSON. Uses no other package of the application.
 */
package io.saddlebag.common;
