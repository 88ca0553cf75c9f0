package io.saddlebag.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.sandbox.accounts.Client;
import io.saddlebag.testkit.AppProcess;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

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
        control("PUT", "catalogue", "{\"items\":" + items + ",\"recordBytes\":" + RECORD_BYTES + "}");
    }

    /** As many records of another kind. */
    void hold(String kind, int records) throws IOException, InterruptedException {
        control("PUT", "records/" + kind, "{\"records\":" + records + "}");
    }

    /** From now on every answer comes after so many milliseconds. */
    void answerAfter(int milliseconds) throws IOException, InterruptedException {
        control("DELETE", "faults", "");
        control("POST", "faults", "{\"kind\":\"latency\",\"ms\":" + milliseconds + "}");
    }

    void forgetCalls() throws IOException, InterruptedException {
        control("DELETE", "calls", "");
    }

    /** The answered calls of the API: what each asked for, and when it arrived in milliseconds since 1970. */
    Stream<Map.Entry<String, Long>> arrivals() throws IOException, InterruptedException {
        JsonNode calls = new ObjectMapper().readTree(control("GET", "calls?limit=20000", "")).path("calls");
        return StreamSupport.stream(calls.spliterator(), false)
            .filter(call -> call.path("path").asText().startsWith("/sandbox/inventory/"))
            .map(call -> Map.entry(call.path("path").asText(), call.path("at").asLong()));
    }

    private String control(String method, String what, String json) throws IOException, InterruptedException {
        HttpResponse<String> answer = HttpClient.newHttpClient().send(
            HttpRequest.newBuilder(process.uri("/sandbox/control/" + what)).header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(json)).build(), BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IllegalStateException("the sandbox refuses " + what + ": " + answer.body());
        }
        return answer.body();
    }

    /** What an application needs to take this sandbox for its Zoho. */
    Map<String, String> connection() {
        Client known = Client.FIXED;
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
