package io.saddlebag.testkit;

import io.saddlebag.Saddlebag;
import io.saddlebag.sandbox.Sandbox;
import io.saddlebag.sandbox.accounts.BooksAccess;
import io.saddlebag.sandbox.accounts.Client;
import io.saddlebag.sandbox.accounts.Clients;
import io.saddlebag.sandbox.accounts.Tokens;
import io.saddlebag.sandbox.data.Catalogue;
import io.saddlebag.sandbox.data.Kinds;
import io.saddlebag.sandbox.data.Pictures;
import io.saddlebag.sandbox.faults.Faults;
import io.saddlebag.sandbox.limits.CallLog;
import io.saddlebag.sandbox.limits.Limits;
import io.saddlebag.sandbox.webhooks.WebhookSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.apache.camel.support.service.ServiceHelper;
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

    /** The first client, with all organisations but the last when there are several. */
    public Client connection() {
        return sandbox().clients().first();
    }

    /** The second client, with the last organisation when there are several, else with none. */
    public Client secondConnection() {
        return sandbox().clients().second();
    }

    /** What a person's browser does on the consent page of any sandbox: where it is sent back to. */
    public static URI consent(URI authorizeUrl) {
        try {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(authorizeUrl).build(), HttpResponse.BodyHandlers.ofString());
            return answer.headers().firstValue("Location").map(URI::create).orElseThrow(
                    () -> new AssertionError(authorizeUrl + " answered " + answer.statusCode() + ": " + answer.body()));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(authorizeUrl.toString(), e);
        }
    }

    private Sandbox sandbox() {
        return spring.getBean(Sandbox.class);
    }

    public Catalogue catalogue() {
        return sandbox().items();
    }

    /** The records of a kind that is no item, by its name in the control API: {@code invoices}. */
    public Catalogue records(String kind) {
        return kinds().records(kind).orElseThrow(() -> new AssertionError("no kind " + kind));
    }

    public Kinds kinds() {
        return sandbox().kinds();
    }

    public Pictures pictures() {
        return sandbox().pictures();
    }

    /** Which organisations have no Books. */
    public BooksAccess books() {
        return sandbox().books();
    }

    /** The webhooks and workflow rules that somebody registered. */
    public WebhookSettings rules() {
        return sandbox().webhooks();
    }

    public Faults faults() {
        return sandbox().faults();
    }

    public Limits limits() {
        return sandbox().limits();
    }

    public Tokens tokens() {
        return sandbox().tokens();
    }

    public CallLog calls() {
        return sandbox().calls();
    }

    /**
     * From now on an action for each call, with its path and query, before anything of its answer is made; one at a time.
     *
     * @return ends it
     */
    public AutoCloseable onCall(BiConsumer<String, String> action) {
        Object one = new Object();
        return listen(request -> {
            synchronized (one) {
                action.accept(request.getHeader(Exchange.HTTP_URI, String.class), request.getHeader(Exchange.HTTP_QUERY, "", String.class));
            }
        })::run;
    }

    /**
     * From now on each call waits in whose {@code METHOD path?query} this regular expression is found, before anything of its answer is made. Other calls
     * go on.
     *
     * @param after how many such calls pass first
     */
    public HeldCalls hold(String pattern, int after) {
        Pattern held = Pattern.compile(pattern);
        AtomicInteger passing = new AtomicInteger(after);
        CountDownLatch released = new CountDownLatch(1);
        Runnable end = listen(request -> {
            String call = request.getHeader(Exchange.HTTP_METHOD) + " " + request.getHeader(Exchange.HTTP_URI) + "?" + request.getHeader(Exchange.HTTP_QUERY);
            if (held.matcher(call).find() && passing.getAndDecrement() <= 0) {
                try {
                    released.await(1, TimeUnit.MINUTES);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        return () -> {
            released.countDown();
            end.run();
        };
    }

    /** Calls that wait until they are released by close, at most a minute. The client waits 20 s for an answer. */
    public interface HeldCalls extends AutoCloseable {
        @Override
        void close();
    }

    private Runnable listen(Consumer<Message> action) {
        CamelContext camel = spring.getBean(CamelContext.class);
        EventNotifierSupport notifier = new EventNotifierSupport() {
            @Override
            public boolean isEnabled(CamelEvent event) {
                return event instanceof CamelEvent.ExchangeCreatedEvent;
            }

            @Override
            public void notify(CamelEvent event) {
                Message request = ((CamelEvent.ExchangeCreatedEvent) event).getExchange().getMessage();
                if (request.getHeader(Exchange.HTTP_URI) != null) {
                    action.accept(request);
                }
            }
        };
        camel.getManagementStrategy().addEventNotifier(notifier);
        ServiceHelper.startService(notifier);
        return () -> camel.getManagementStrategy().removeEventNotifier(notifier);
    }

    /** As at the start: records of every kind, limits, tokens, no faults, nothing counted. */
    public SandboxServer reset() {
        sandbox().reset();
        return this;
    }

    @Override
    public void close() {
        spring.close();
    }
}
