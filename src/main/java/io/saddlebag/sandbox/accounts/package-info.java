/**
 * Zoho's accounts server: OAuth clients, consent, tokens and scopes, and which organisations a client sees. May use
 * {@code limits} (for the limits on tokens), {@code data} (for the scope of each kind) and {@code wire}.
 */
package io.saddlebag.sandbox.accounts;
