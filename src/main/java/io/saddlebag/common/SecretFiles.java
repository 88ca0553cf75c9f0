package io.saddlebag.common;

import static java.nio.file.StandardOpenOption.SYNC;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Secrets that are made once, at the first start, and kept in the data directory in files that only their owner reads. */
public record SecretFiles(Path directory) {

    private static final Logger log = LoggerFactory.getLogger(SecretFiles.class);

    /**
     * What the file holds; an absent file is made, with mode 0600 from its first moment. Of two processes that make it at
     * once, both get what one of them wrote.
     *
     * @throws BadSettingException if the file is there and empty, because what it guarded would be guarded by nothing; or if it can be neither read nor made
     */
    public String readOrMake(String name, Supplier<String> maker) {
        Path file = directory.resolve(name);
        try {
            if (Files.notExists(file)) {
                make(file, maker.get());
            }
            String secret = Files.readString(file).strip();
            if (secret.isEmpty()) {
                throw new BadSettingException(file.toString(), "the file is empty",
                    "Put the secret back, or remove the file to have a new one made");
            }
            return secret;
        } catch (IOException e) {
            throw new BadSettingException("saddlebag.data-directory", "cannot read or make " + file + " (" + e + ")",
                "Give this user the right to read and write there, and space; or give the secret itself as SADDLEBAG_ADMIN_PASSWORD or SADDLEBAG_MASTER_KEY");
        }
    }

    /** Whether it was made. */
    public boolean has(String name) {
        return Files.exists(directory.resolve(name));
    }

    private void make(Path file, String secret) throws IOException {
        Files.createDirectories(directory, onlyOwner("rwx------"));
        Path whole = Files.createTempFile(directory, file.getFileName().toString(), ".new", onlyOwner("rw-------"));
        try {
            // On the disk before it has its name: what it locks must be unlocked after a power cut, too.
            Files.writeString(whole, secret + System.lineSeparator(), WRITE, SYNC);
            // A link, other than a move, never replaces what another process has just put there.
            Files.createLink(file, whole);
            log.info("Made {}, readable by its owner only", file);
        } catch (FileAlreadyExistsException e) {
            log.debug("{} was made by another process", file);
        } finally {
            Files.delete(whole);
        }
    }

    private static FileAttribute<?> onlyOwner(String mode) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
    }
}
