package io.saddlebag.memory;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Senders that never send the last byte of what they announce. */
public final class HalfRequests implements AutoCloseable {

    private static final int PATIENCE = 20_000;

    private final URI server;
    private final List<Socket> senders = new ArrayList<>();

    public HalfRequests(URI server) {
        this.server = server;
    }

    /**
     * One more of them.
     *
     * @param head method and path, and lines of the head, each with its end
     * @param length of the body, of which all but one byte is sent
     */
    public void begin(String head, int length) throws IOException {
        Socket sender = new Socket(server.getHost(), server.getPort());
        sender.setSoTimeout(PATIENCE);
        senders.add(sender);
        try {
            sender.getOutputStream().write((head.replaceFirst("\r\n", " HTTP/1.1\r\nHost: localhost:" + server.getPort() + "\r\n")
                + "Content-Length: " + length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            sender.getOutputStream().write("x".repeat(length - 1).getBytes(StandardCharsets.US_ASCII));
        } catch (IOException refused) {
            // it was answered before it was done
        }
    }

    /** @return of each the status of its answer; 0 where the connection ended without one */
    public List<Integer> answers() {
        return senders.stream().map(HalfRequests::status).toList();
    }

    private static int status(Socket sender) {
        try {
            String line = new String(sender.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            return line.length() < 12 ? 0 : Integer.parseInt(line.substring(9));
        } catch (IOException ended) {
            return 0;
        }
    }

    @Override
    public void close() throws IOException {
        for (Socket sender : senders) {
            sender.close();
        }
    }
}
