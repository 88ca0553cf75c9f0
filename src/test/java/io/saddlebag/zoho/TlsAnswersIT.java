package io.saddlebag.zoho;

import static io.saddlebag.testkit.WireServer.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.saddlebag.testkit.WireServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.util.unit.DataSize;

/** The time and the size hold within TLS too, where closing a connection is a conversation of its own. */
@Tag("alone")
class TlsAnswersIT {

    private static final char[] PASSWORD = "password".toCharArray();

    @TempDir
    private static Path folder;
    private static WireServer wire;
    private static CloseableHttpClient client;

    @BeforeAll
    static void start() throws Exception {
        SSLContext tls = tls();
        wire = new WireServer("https",
                tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        PoolingHttpClientConnectionManager pool = PoolingHttpClientConnectionManagerBuilder.create()
                .setTlsSocketStrategy(new DefaultClientTlsStrategy(tls)).setMaxConnPerRoute(1).build();
        HttpClientBuilder builder = HttpClientBuilder.create().setConnectionManager(pool).disableAutomaticRetries();
        new ZohoHttpClient(Duration.ofSeconds(1), Duration.ofSeconds(1), DataSize.ofMegabytes(1)).configure(builder);
        client = builder.build();
        wire.does(w -> w.answer(200, "{}"));
        await().ignoreExceptions().until(() -> get().equals("{}")); // the first handshake of a Java that is busy may take longer than a call
    }

    @AfterAll
    static void stop() throws IOException {
        client.close();
        wire.close();
    }

    static Stream<WireServer.Behaviour> troubles() {
        return Stream.of(WireServer.Wire::silence,
                w -> w.drip(head(200, "X-Long: " + "x".repeat(5000))),
                w -> w.send(head(200, "Content-Length: 5000")).drip("x".repeat(5000)));
    }

    @ParameterizedTest
    @MethodSource("troubles")
    void anExchangeEndsWithinItsTime(WireServer.Behaviour trouble) throws IOException {
        wire.does(trouble);
        long start = System.nanoTime();

        assertThatThrownBy(TlsAnswersIT::get).isInstanceOf(InterruptedIOException.class).hasMessageContaining("1000 ms");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(2500));
        wire.does(w -> w.answer(200, "{}"));
        assertThat(get()).as("the only place of the pool is free").isEqualTo("{}");
    }

    @Test
    void whatIsTooLongIsCutOff() throws IOException {
        wire.does(w -> {
            w.send(head(200));
            while (true) {
                w.send("x".repeat(65536));
            }
        });
        assertThat(get()).hasSize(1024 * 1024 + 1);
        wire.does(w -> w.answer(200, "{}"));
        assertThat(get()).isEqualTo("{}");
    }

    private static String get() throws IOException {
        return client.execute(new HttpGet(wire.url().replace("127.0.0.1", "localhost")), answer -> EntityUtils.toString(answer.getEntity()));
    }

    /** Both sides of it: a certificate of its own, trusted. */
    private static SSLContext tls() throws Exception {
        Path file = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/keytool").toString(), "-genkeypair",
                "-keyalg", "EC", "-alias", "wire", "-dname", "CN=localhost", "-ext", "san=dns:localhost",
                "-keystore", file.toString(), "-storepass", new String(PASSWORD)).inheritIO().start();
        assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(keys);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        return tls;
    }
}
