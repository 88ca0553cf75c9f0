package io.saddlebag.database;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.saddlebag.common.BadSettingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * One process at a time in a data directory. The lock is the kernel's, on the file {@code lock}, so it goes when its
 * process goes, however that ends. The file holds the process id, for the message to the next one.
 */
final class DataLock implements AutoCloseable {

    /** For what is made in the directory. */
    static final FileAttribute<?> OWNER_ONLY =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final FileChannel channel;

    private DataLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * @param data the directory; made, for its owner only, where there is none
     * @throws BadSettingException when another process has it, or it cannot be written
     */
    static DataLock take(Path data) {
        try {
            Files.createDirectories(data, OWNER_ONLY);
            FileChannel channel = FileChannel.open(data.resolve("lock"), CREATE, READ, WRITE);
            if (channel.tryLock() == null) {
                channel.close();
                throw new FolderInUseException("saddlebag.data-directory", "process "
                    + Files.readString(data.resolve("lock")).strip() + " already works on " + data,
                    "Stop that process first, or start this one in a folder of its own");
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(US_ASCII)));
            return new DataLock(channel);
        } catch (IOException e) {
            throw new BadSettingException("saddlebag.data-directory", "cannot write in " + data + " (" + e + ")",
                "Give this user the right to, or start from another folder");
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
