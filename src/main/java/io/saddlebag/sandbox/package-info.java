/**
 * A Zoho to try things on: it answers over HTTP as Zoho Inventory, Books, CRM, Billing and the accounts server do, and as
 * Meta's catalogue does, with made-up data.
 *
 * <p>{@link io.saddlebag.sandbox.SandboxFilter} lets in what {@link io.saddlebag.sandbox.Addresses} has, the route
 * {@code sandbox} calls {@link io.saddlebag.sandbox.Entrance}, and {@link io.saddlebag.sandbox.Sandbox} holds the state.
 * {@link io.saddlebag.sandbox.Control}, {@link io.saddlebag.sandbox.RecordControl} and
 * {@link io.saddlebag.sandbox.WriteControl} are the control API.
 *
 * <p>May use its subpackages and {@code http}: the request buffer, and the check that a request comes from this machine.
 * No other package may use the sandbox.
 */
package io.saddlebag.sandbox;
