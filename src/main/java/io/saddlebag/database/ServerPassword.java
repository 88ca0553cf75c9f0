package io.saddlebag.database;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.SYNC;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/** The password of our own server: 192 random bits, in a file that only its owner may read. */
final class ServerPassword {

    private ServerPassword() {
    }

    /** Reads the password, or makes one where there is no file. */
    static String in(Path file) throws IOException {
        if (!Files.exists(file)) {
            make(file);
        }
        return Files.readString(file).strip();
    }

    /** On the disk and whole before it has its name: a server made with it can always be opened again. */
    private static void make(Path file) throws IOException {
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        String password = Base64.getUrlEncoder().encodeToString(random);
        Path unnamed = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(unnamed);
        try (FileChannel channel = FileChannel.open(unnamed, Set.of(CREATE_NEW, WRITE, SYNC),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            channel.write(ByteBuffer.wrap((password + "\n").getBytes(US_ASCII)));
        }
        Files.move(unnamed, file, ATOMIC_MOVE);
    }
}
