package io.saddlebag.alerts;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Takes messages over HTTP, and refuses or holds them when it is told to. */
final class Receiver implements AutoCloseable {

    /** A request as it arrived, and the status of its answer; 0: it was not answered. */
    record Request(String method, String path, Headers headers, String body, int status) {

        JsonNode json() {
            try {
                return new ObjectMapper().readTree(body);
            } catch (IOException e) {
                throw new AssertionError(body, e);
            }
        }

        String id() {
            return headers.getFirst("webhook-id");
        }

        String text() {
            return json().get("text").asText();
        }
    }

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private final Queue<Integer> first = new ConcurrentLinkedQueue<>();
    private volatile int status = 200;

    Receiver() throws IOException {
        open(0);
    }

    private void open(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    String url(String path) {
        return "http://localhost:" + server.getAddress().getPort() + path;
    }

    /** @param next of all answers from now on; 0: the request is not answered */
    void answers(int next) {
        first.clear();
        status = next;
    }

    /** @param next of so many answers from now on; after them 200 */
    void answers(int next, int count) {
        answers(200);
        first.addAll(Collections.nCopies(count, next));
    }

    /** Nobody listens until {@link #comeBack}. */
    int goAway() {
        int port = server.getAddress().getPort();
        server.stop(0);
        return port;
    }

    void comeBack(int port) throws IOException {
        open(port);
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    /** Those that were answered with 200. */
    List<Request> taken() {
        return requests.stream().filter(request -> request.status() == 200).toList();
    }

    List<String> texts() {
        return taken().stream().map(Request::text).toList();
    }

    void forget() {
        requests.clear();
        answers(200);
    }

    private void answer(HttpExchange exchange) throws IOException {
        Integer next = first.poll();
        int now = next == null ? status : next;
        Headers headers = new Headers();
        headers.putAll(exchange.getRequestHeaders());
        requests.add(new Request(exchange.getRequestMethod(), exchange.getRequestURI().toString(), headers,
            new String(exchange.getRequestBody().readAllBytes(), UTF_8), now));
        if (now != 0) {
            exchange.sendResponseHeaders(now, -1);
            exchange.close();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
