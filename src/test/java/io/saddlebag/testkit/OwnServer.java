package io.saddlebag.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** The embedded server of an application that works in a folder, seen from outside. */
public record OwnServer(Path folder) {

    /** An environment in which the application starts and pulls nothing. */
    public static final Map<String, String> QUIET = Map.of("SADDLEBAG_PULL_AT_START", "false");

    public Path data() {
        return folder.resolve("data");
    }

    public Path pidFile() {
        return data().resolve("postgres/postmaster.pid");
    }

    public int port() throws IOException {
        return Integer.parseInt(Files.readString(data().resolve("postgres.port")).strip());
    }

    public String password() throws IOException {
        return Files.readString(data().resolve("postgres.password")).strip();
    }

    public ProcessHandle process() throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readAllLines(pidFile()).get(0))).orElseThrow();
    }

    public Connection connect(String password) throws IOException, SQLException {
        String url = "jdbc:postgresql://127.0.0.1:" + port() + "/saddlebag";
        return DriverManager.getConnection(url, "postgres", password);
    }

    public void execute(String statement) throws IOException, SQLException {
        try (Connection connection = connect(password()); Statement s = connection.createStatement()) {
            s.execute(statement);
        }
    }

    /** The first column of the first row. */
    public String ask(String query) throws IOException, SQLException {
        try (Connection connection = connect(password()); Statement s = connection.createStatement();
                ResultSet rows = s.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
