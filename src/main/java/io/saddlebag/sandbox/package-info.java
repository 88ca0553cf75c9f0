/**
 * A Zoho to try things on: it answers over HTTP as Zoho Inventory, Zoho Books and Zoho's accounts server do, with made-up data.
 *
 * <p>{@link io.saddlebag.sandbox.SandboxFilter} lets in what {@link io.saddlebag.sandbox.Addresses} has, the route
 * {@code sandbox} calls {@link io.saddlebag.sandbox.Entrance}, and {@link io.saddlebag.sandbox.Sandbox} holds the state.
 * {@link io.saddlebag.sandbox.Control} and {@link io.saddlebag.sandbox.RecordControl} are the control API.
 *
 * <p>May use its own subpackages, and from the rest of the application only what every HTTP route uses: the request
 * buffer and the check that a request comes from this machine. Nothing outside may use the sandbox. Between the subpackages:
 * accounts and webhooks use data; data uses query; accounts and faults use limits; all of them use wire, which uses none.
 */
package io.saddlebag.sandbox;
