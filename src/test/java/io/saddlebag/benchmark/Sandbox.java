package io.saddlebag.benchmark;

import io.saddlebag.AppProcess;
import io.saddlebag.sandbox.SandboxConnection;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;

/** The sandbox in a process of its own, without Zoho's limits. */
final class Sandbox implements AutoCloseable {

    static final int RECORD_BYTES = 1024;

    private final AppProcess process;

    private Sandbox(AppProcess process) {
        this.process = process;
    }

    static Sandbox start(Path folder, Layout layout) throws IOException, InterruptedException {
        Figures.progress("starts the sandbox");
        String quotas = "--saddlebag.sandbox.quotas.";
        return new Sandbox(AppProcess.start(folder, Map.of(), layout.command("--spring.profiles.active=sandbox",
            quotas + "per-minute=0", quotas + "per-day=0", quotas + "in-flight=0", quotas + "token-requests=0",
            quotas + "live-tokens=0")).awaitReady());
    }

    /** Another catalogue, of so many items of {@link #RECORD_BYTES}. */
    void hold(int items) throws IOException, InterruptedException {
        HttpResponse<String> answer = HttpClient.newHttpClient().send(
            HttpRequest.newBuilder(process.uri("/sandbox/control/catalogue")).header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString("{\"items\":" + items + ",\"recordBytes\":" + RECORD_BYTES + "}")).build(),
            BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("the sandbox refuses its catalogue: " + answer.body());
        }
    }

    /** What an application needs to take this sandbox for its Zoho. */
    Map<String, String> connection() {
        SandboxConnection known = SandboxConnection.FIXED;
        String url = process.uri("/sandbox").toString();
        return Map.of("ZOHO_CLIENT_ID", known.clientId(), "ZOHO_CLIENT_SECRET", known.clientSecret(),
            "ZOHO_REFRESH_TOKEN", known.refreshToken(), "ZOHO_ORG_ID", known.organizationId(),
            "ZOHO_ACCOUNTS_URL", url, "ZOHO_API_URL", url);
    }

    @Override
    public void close() throws InterruptedException {
        process.close();
    }
}
