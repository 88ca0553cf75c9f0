package io.saddlebag.sandbox;

import io.saddlebag.Saddlebag;
import java.util.Arrays;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The sandbox alone, in this JVM, on a free port. {@link #shared()} is one for all tests of the JVM; reset it before
 * each.
 */
public final class SandboxServer implements AutoCloseable {

    private static SandboxServer shared;

    private final ConfigurableApplicationContext spring;

    private SandboxServer(String... settings) {
        spring = new SpringApplicationBuilder(Saddlebag.class).profiles("sandbox")
                .run(Stream.concat(Stream.of("--server.port=0"),
                        Arrays.stream(settings)).toArray(String[]::new));
    }

    /** A sandbox of one's own; settings as on a command line, for example {@code --saddlebag.sandbox.items=10}. */
    public static SandboxServer start(String... settings) {
        return new SandboxServer(settings);
    }

    /** The one that lives as long as the JVM. */
    public static synchronized SandboxServer shared() {
        if (shared == null) {
            shared = new SandboxServer();
        }
        return shared;
    }

    /** What goes into ZOHO_ACCOUNTS_URL and ZOHO_API_URL. */
    public String url() {
        return "http://127.0.0.1:" + ((ServletWebServerApplicationContext) spring).getWebServer().getPort() + "/sandbox";
    }

    public SandboxConnection connection() {
        return spring.getBean(SandboxConnection.class);
    }

    public SandboxCatalogue catalogue() {
        return spring.getBean(SandboxCatalogue.class);
    }

    public SandboxFaults faults() {
        return spring.getBean(SandboxFaults.class);
    }

    public SandboxLimits limits() {
        return spring.getBean(SandboxLimits.class);
    }

    public SandboxTokens tokens() {
        return spring.getBean(SandboxTokens.class);
    }

    public SandboxCalls calls() {
        return spring.getBean(SandboxCalls.class);
    }

    /** As at the start: items, limits, tokens, no faults, nothing counted. */
    public SandboxServer reset() {
        spring.getBean(SandboxControl.class).reset();
        return this;
    }

    @Override
    public void close() {
        spring.close();
    }
}
