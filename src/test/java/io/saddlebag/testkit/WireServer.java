package io.saddlebag.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An HTTP server that can do to a connection whatever a network can: a test says what happens after each request. */
public final class WireServer implements AutoCloseable {

    /** What is done with a request; the connection is kept for the next one unless it throws. */
    public interface Behaviour {
        void answer(Wire wire) throws IOException, InterruptedException;
    }

    private static final Pattern LENGTH = Pattern.compile("(?i)\r\nContent-Length: ([0-9]+)\r\n");

    private final ServerSocket server;
    private final String scheme;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong sent = new AtomicLong();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Behaviour behaviour;

    /** One request and what can be sent in return. */
    public final class Wire {

        public final Socket socket;
        public final String request;

        private Wire(Socket socket, String request) {
            this.socket = socket;
            this.request = request;
        }

        public Wire send(String text) throws IOException {
            return send(text.getBytes(StandardCharsets.UTF_8));
        }

        public Wire send(byte[] bytes) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
            sent.addAndGet(bytes.length);
            return this;
        }

        /** A whole answer of JSON. */
        public Wire answer(int status, String json) throws IOException {
            return send(head(status, "Content-Length: " + json.getBytes(StandardCharsets.UTF_8).length) + json);
        }

        /** Byte by byte, as long as anyone listens: every single read is short. */
        public void drip(String text) throws IOException, InterruptedException {
            for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
                send(new byte[] {one}).pause(20);
            }
        }

        public void pause(long ms) throws IOException, InterruptedException {
            if (closed.await(ms, TimeUnit.MILLISECONDS)) {
                throw new IOException("the test is over");
            }
        }

        /** Says nothing more. */
        public void silence() throws IOException, InterruptedException {
            pause(TimeUnit.MINUTES.toMillis(1));
        }

        /** Ends the connection by a reset. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }

    public WireServer(String scheme, ServerSocket server) {
        this.scheme = scheme;
        this.server = server;
        daemon(this::accept);
    }

    public static WireServer start() throws IOException {
        return new WireServer("http", new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    }

    /** The start of an answer: status line, JSON as content type, further headers and the empty line. */
    public static String head(int status, String... headers) {
        return "HTTP/1.1 " + status + " Status\r\nContent-Type: application/json\r\n"
                + String.join("\r\n", headers) + (headers.length == 0 ? "" : "\r\n") + "\r\n";
    }

    public void does(Behaviour next) {
        behaviour = next;
        requests.clear();
        connections.set(0);
        sent.set(0);
    }

    public String url() {
        return scheme + "://127.0.0.1:" + server.getLocalPort();
    }


    /** Line, headers and body of what came since {@link #does}. */
    public List<String> requests() {
        return requests;
    }

    /** Connections that were opened since then. */
    public int connections() {
        return connections.get();
    }

    /** Connections that have not ended yet. */
    public int open() {
        return open.size();
    }

    /** Bytes that were sent since then. */
    public long sent() {
        return sent.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                connections.incrementAndGet();
                daemon(() -> serve(socket));
            } catch (IOException over) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (String request = read(in); request != null; request = read(in)) {
                requests.add(request);
                behaviour.answer(new Wire(socket, request));
            }
        } catch (IOException | InterruptedException over) {
            // the client went, or the behaviour ended the connection
        } finally {
            open.remove(socket);
        }
    }

    private static String read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                return null;
            }
            head.write(next);
        }
        Matcher length = LENGTH.matcher(head.toString(StandardCharsets.UTF_8));
        if (length.find()) {
            head.write(in.readNBytes(Integer.parseInt(length.group(1))));
        }
        return head.toString(StandardCharsets.UTF_8);
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "wire");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
