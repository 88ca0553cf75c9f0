package io.saddlebag.database;

import io.saddlebag.common.BadSettingException;
import io.saddlebag.common.SecretFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import org.springframework.util.FileSystemUtils;

/** Where our own server keeps what, in a data directory that the caller has locked. */
record ServerFiles(Path data) {

    private static final String PASSWORD = "postgres.password";

    /** The server's own directory. It has this name only when a server has run in it, so it is never half made. */
    Path folder() {
        return data.resolve("postgres");
    }

    /** PostgreSQL's programs, unpacked. Not in the system's temporary directory, which is shared and swept. */
    Path programs() {
        return data.resolve("postgres-programs");
    }

    Path log() {
        return data.resolve("postgres.log");
    }

    Path passwordFile() {
        return data.resolve(PASSWORD);
    }

    /**
     * What that file holds; made where there is none.
     *
     * @throws BadSettingException when there is a server already, whose password it held
     */
    String password() {
        if (Files.exists(folder()) && !Files.exists(passwordFile())) {
            throw new BadSettingException(passwordFile().toString(), "it is missing, and holds the password of the server in " + folder(),
                "Put it back from a backup");
        }
        return new SecretFiles(data).readOrMake(PASSWORD, () -> {
            byte[] random = new byte[24];
            new SecureRandom().nextBytes(random);
            return Base64.getUrlEncoder().encodeToString(random);
        });
    }

    Path port() {
        return data.resolve("postgres.port");
    }

    /** A new directory to make a server in; a program that still writes in an older one cannot disturb it. */
    Path unfinished() throws IOException {
        return Files.createTempDirectory(data, "postgres.new");
    }

    /** Removes what earlier processes left when they were killed: servers half made and programs half unpacked. */
    void sweep(String password) throws IOException {
        Files.deleteIfExists(log());
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(data, "postgres.new*")) {
            for (Path each : unfinished) {
                new LeftoverServer(each, password).stop();
                FileSystemUtils.deleteRecursively(each);
            }
        }
        Files.createDirectories(programs(), DataLock.OWNER_ONLY);
        try (DirectoryStream<Path> versions = Files.newDirectoryStream(programs(), "PG-*")) {
            for (Path each : versions) {
                if (!Files.exists(each.resolve(".exists"))) { // the library's sign that all is there
                    FileSystemUtils.deleteRecursively(each);
                }
            }
        }
    }
}
