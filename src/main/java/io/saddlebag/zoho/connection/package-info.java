/**
 * Which client calls Zoho for an organisation, and where: regions, hosts, stored secrets, access tokens.
 * May use {@code audit}, {@code common} and {@code zoho}.
 */
package io.saddlebag.zoho.connection;
