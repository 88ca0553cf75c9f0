package io.saddlebag.alerts;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Stands before a mail server, and refuses recipients when it is told to. */
final class MailGate implements AutoCloseable {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, String> refused = new ConcurrentHashMap<>();
    private final ServerSocket gate = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int mailServer;

    MailGate(int mailServer) throws IOException {
        this.mailServer = mailServer;
        threads.submit(() -> {
            while (true) {
                Socket client = gate.accept();
                threads.submit(() -> serve(client));
            }
        });
    }

    int port() {
        return gate.getLocalPort();
    }

    /** @param reply one line, such as {@code 550 no such mailbox} */
    void refuse(String recipient, String reply) {
        refused.put("RCPT TO:<" + recipient + ">", reply);
    }

    /** Refuses nobody from now on. */
    void open() {
        refused.clear();
    }

    private Void serve(Socket client) throws IOException {
        try (client; Socket server = new Socket(InetAddress.getLoopbackAddress(), mailServer)) {
            threads.submit(() -> server.getInputStream().transferTo(client.getOutputStream()));
            BufferedReader lines = new BufferedReader(new InputStreamReader(client.getInputStream(), ISO_8859_1));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String reply = refused.get(line);
                if (reply == null) {
                    server.getOutputStream().write((line + "\r\n").getBytes(ISO_8859_1));
                } else {
                    client.getOutputStream().write((reply + "\r\n").getBytes(ISO_8859_1));
                }
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        gate.close();
        threads.shutdownNow();
    }
}
