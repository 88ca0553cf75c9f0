/**
 * Zoho Billing: the resources of {@code sandbox/billing.json}, their records, and what the API answers. A resource is a part of
 * that file and no code. May use {@code data}, {@code limits}, {@code faults} and {@code wire}.
 */
package io.saddlebag.sandbox.billing;
