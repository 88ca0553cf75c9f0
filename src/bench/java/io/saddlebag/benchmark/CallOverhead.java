package io.saddlebag.benchmark;

import static io.saddlebag.benchmark.Figures.median;
import static io.saddlebag.benchmark.Figures.number;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.sandbox.accounts.Client;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/**
 * One record through the Zoho client (breaker, slot, token, HTTP, meaning, ledger) beside the JDK's HTTP client that asks the
 * same sandbox for the same record; all in this process, one call at a time, the ledger in a durable database.
 */
record CallOverhead(Application application) {

    private static final String PATH = "/inventory/v1/items/6000000000010000001";
    private static final int BATCHES = 12;
    private static final int CALLS = 80; // then their slots come home: the ledger counts as many as in a minute of Zoho's
    private static final String QUIET = "--logging.level.root=off";

    void measure(Figures figures) throws Exception {
        Figures.progress("the Zoho client beside a bare HTTP client");
        String quotas = "--saddlebag.sandbox.quotas.";
        try (SandboxServer sandbox = SandboxServer.start(QUIET, quotas + "per-minute=0", quotas + "per-day=0", quotas + "in-flight=0");
                SaddlebagServer saddlebag = SaddlebagServer.start(sandbox, QUIET, "--zoho.calls-per-minute=60000",
                    "--DATABASE_URL=" + application.newDatabase("calls"))) {
            ProducerTemplate producer = saddlebag.bean(ProducerTemplate.class);
            HttpClient http = HttpClient.newHttpClient();
            HttpRequest request = HttpRequest.newBuilder(URI.create(sandbox.url() + PATH + "?organization_id=" + SaddlebagServer.ORG))
                .header("Authorization", "Zoho-oauthtoken " + token(http, sandbox)).build();
            List<Double> client = new ArrayList<>();
            List<Double> bare = new ArrayList<>();
            for (int batch = 0; batch < BATCHES; batch++) {
                boolean warm = batch >= BATCHES / 3;
                for (int call = 0; call < CALLS; call++) {
                    double milliseconds = time(() -> client(producer));
                    double beside = time(() -> checked(http.send(request, BodyHandlers.ofByteArray()).statusCode() == 200));
                    if (warm) {
                        client.add(milliseconds);
                        bare.add(beside);
                    }
                }
                saddlebag.database().update("UPDATE zoho_calls SET released_at = answered_at");
            }
            figures.add("a call through the Zoho client", number("%.1f ms", median(client)),
                number("bare HTTP client %.1f ms", median(bare)), number("+ %.1f ms", median(client) - median(bare)), "");
        }
    }

    private static void client(ProducerTemplate producer) {
        Exchange answer = producer.request("direct:zoho-request", exchange -> Map.of("org", SaddlebagServer.ORG, "purpose", "check",
            "method", "GET", "path", PATH, "query", "").forEach(exchange::setVariable));
        checked(answer.getException() == null && answer.getMessage().getBody() instanceof Map);
    }

    private static String token(HttpClient http, SandboxServer sandbox) throws Exception {
        Client known = sandbox.connection();
        HttpResponse<byte[]> answer = http.send(HttpRequest.newBuilder(URI.create(sandbox.url() + "/oauth/v2/token"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString("grant_type=refresh_token&client_id=" + known.clientId() + "&client_secret="
                + known.clientSecret() + "&refresh_token=" + known.refreshToken())).build(), BodyHandlers.ofByteArray());
        return new ObjectMapper().readTree(answer.body()).path("access_token").asText();
    }

    private interface Call {
        void make() throws Exception;
    }

    private static double time(Call call) throws Exception {
        long before = System.nanoTime();
        call.make();
        return (System.nanoTime() - before) / 1e6;
    }

    private static void checked(boolean good) {
        if (!good) {
            throw new IllegalStateException("a call failed");
        }
    }
}
