/** What goes over the wire: a request, an answer, Zoho's JSON, times and refusals. Uses no other package of the application. */
package io.saddlebag.sandbox.wire;
