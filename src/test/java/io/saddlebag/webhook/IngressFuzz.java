package io.saddlebag.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.InRange;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Whatever is sent to the ingress, signed or not: no 5xx, no hang, no flood of the log. */
class IngressFuzz {

    private static final int PATIENCE = 10_000;
    private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();
    private static SaddlebagServer saddlebag;
    private static long requests;

    @BeforeAll
    static void start() {
        SandboxServer zoho = SandboxServer.shared();
        zoho.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        saddlebag = SaddlebagServer.start(zoho, "--zoho.webhook-secret=" + Storm.SECRET, "--saddlebag.webhook.per-second=100000");
        LOG.start();
        ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(Logger.ROOT_LOGGER_NAME).addAppender(LOG);
    }

    @AfterAll
    static void stop() {
        saddlebag.close();
        long lines = LOG.list.stream().filter(line -> line.getLevel().isGreaterOrEqual(Level.INFO)).count();
        System.out.println("FUZZ: " + requests + " requests, " + lines + " lines logged");
        assertThat(lines).as("more than a few lines of whatever was sent").isLessThan(100 + requests / 10);
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "30s")
    void isAnswered(boolean signed, @InRange(min = 0, max = 6) int address, @NotNull String query, @NotNull String type,
            byte @NotNull [] body) throws IOException {
        requests++;
        String sentQuery = query.replaceAll("[^!$&-;=?-Z_a-z~%]", ""); // the rest Tomcat refuses
        boolean form = type.startsWith("application/x-www-form-urlencoded");
        WebhookContent.Sent sent = new WebhookContent.Sent(sentQuery, body, StandardCharsets.UTF_8, form, null);
        String signature = signed ? WebhookSignature.of(Storm.SECRET, sent.signedPairs(), sent.signedBody()) : sentQuery;
        String head = "POST /api/zoho/" + WebhookSeeds.addresses().get(address) + "?" + sentQuery + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
            + type.replaceAll("[\\p{Cntrl}]", "") + "\r\nX-Zoho-Webhook-Signature: " + signature + "\r\nContent-Length: " + body.length
            + "\r\nConnection: close\r\n\r\n";
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.write(head.getBytes(StandardCharsets.UTF_8));
        request.write(body);
        int status;
        try (Socket socket = new Socket("localhost", saddlebag.port())) {
            socket.setSoTimeout(PATIENCE);
            socket.getOutputStream().write(request.toByteArray());
            socket.getOutputStream().flush();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            status = Integer.parseInt(answer.substring(9, 12));
        }
        if (status >= 500 || status < 200) {
            throw new AssertionError(status + " to " + head + new String(body, StandardCharsets.UTF_8));
        }
    }

    static Stream<Arguments> seeds() {
        return WebhookSeeds.all().flatMap(seed -> Stream.of(true, false).map(signed -> Arguments.of(signed,
            WebhookSeeds.addresses().indexOf(seed.address()), seed.query(), seed.type(), seed.body().getBytes(StandardCharsets.UTF_8))));
    }
}
