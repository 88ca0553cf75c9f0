/**
 * Zoho CRM: the modules of {@code sandbox/crm.json}, their records, and what the API answers. A module is a part of that file
 * and no code. May use {@code data}, {@code limits}, {@code faults} and {@code wire}.
 */
package io.saddlebag.sandbox.crm;
