package io.saddlebag.zoho;

import static org.assertj.core.api.Assertions.assertThat;

import io.saddlebag.testkit.AppProcess;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import io.saddlebag.testkit.WireServer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With production's JVM options, where a lack of memory ends the process. */
@Tag("java25")
class SmallHeapIT {

    private static final String HUGE = "x".repeat(1024 * 1024);

    @TempDir
    private Path folder;

    @Test
    void simultaneousAnswersOf50MegabytesAreRefusedAndLeaveTheProcessAlive() throws Exception {
        try (WireServer wire = WireServer.start()) {
            wire.does(w -> {
                w.send(WireServer.head(200, "Content-Length: " + 50 * HUGE.length()) + "{\"code\":0,\"item\":\"");
                for (int i = 0; i < 50; i++) {
                    w.send(HUGE);
                }
            });
            SandboxServer zoho = SandboxServer.shared().reset();
            Map<String, String> settings = Map.of("DATABASE_URL", TestDatabase.fresh(),
                    "SADDLEBAG_MASTER_KEY", Base64.getEncoder().encodeToString(new byte[32]),
                    "ZOHO_CLIENT_ID", "1000.SANDBOX", "ZOHO_CLIENT_SECRET", "sandbox-secret",
                    "ZOHO_REFRESH_TOKEN", "1000.sandbox-refresh", "ZOHO_ORG_ID", "60000000001",
                    "ZOHO_ACCOUNTS_URL", zoho.url(), "ZOHO_API_URL", wire.url(),
                    "SADDLEBAG_PULL_AT_START", "false", "SADDLEBAG_ADMIN_PASSWORD", "staff-password");
            Path jar = Path.of("target/saddlebag.jar").toAbsolutePath();
            try (AppProcess app = AppProcess.start(folder, settings, List.of("-XX:TieredStopAtLevel=1", "@config/java.options", "-jar", jar.toString()))) {
                app.awaitReady();

                List<HttpResponse<String>> answers = Stream.generate(() -> fetch(app)).limit(8)
                        .toList().stream().map(CompletableFuture::join).toList();

                assertThat(answers).allSatisfy(answer -> {
                    assertThat(answer.statusCode()).isEqualTo(502);
                    assertThat(answer.body()).contains("zoho.longest-answer");
                });
                assertThat(app.log()).doesNotContain("OutOfMemoryError");
            }
        }
    }

    private static CompletableFuture<HttpResponse<String>> fetch(AppProcess app) {
        return HttpClient.newHttpClient().sendAsync(HttpRequest.newBuilder(app.uri("/api/sync/items/1"))
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString("admin:staff-password".getBytes()))
                .POST(HttpRequest.BodyPublishers.noBody()).build(), BodyHandlers.ofString());
    }
}
