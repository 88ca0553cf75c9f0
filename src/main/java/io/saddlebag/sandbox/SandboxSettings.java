package io.saddlebag.sandbox;

import io.saddlebag.sandbox.limits.Quotas;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How a sandbox starts, and what a reset goes back to.
 *
 * @param items         number of items in the catalogue
 * @param recordBytes   size of one generated record in a list answer, in bytes; 0 leaves it as it comes
 * @param organisations number of organisations; they share the catalogue
 * @param location      the region that its consent page names
 * @param quotas        what it allows each organisation
 */
@ConfigurationProperties("saddlebag.sandbox")
public record SandboxSettings(int items, int recordBytes, int organisations, String location, Quotas quotas) {
}
