package io.saddlebag.database;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** The port of our own server: the same at every start, so that psql finds it, unless another program has it. */
final class ServerPort {

    private ServerPort() {
    }

    /** The port that the file names if it is free on the loopback address, else a free one, which is written there. */
    static int in(Path file) throws IOException {
        try {
            return freed(Integer.parseInt(Files.readString(file).strip()));
        } catch (IOException | IllegalArgumentException e) { // no file yet, not a port, or taken
            int port = freed(0);
            Files.writeString(file, port + "\n");
            return port;
        }
    }

    /** @return whether no program listens on this port of the loopback address */
    static boolean isFree(int port) {
        try {
            return freed(port) == port;
        } catch (IOException taken) {
            return false;
        }
    }

    private static int freed(int port) throws IOException {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
