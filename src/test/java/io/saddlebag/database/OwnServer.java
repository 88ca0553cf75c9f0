package io.saddlebag.database;

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
record OwnServer(Path folder) {

    /** An environment in which the application starts and pulls nothing. */
    static final Map<String, String> QUIET = Map.of("SADDLEBAG_PULL_AT_START", "false");

    Path data() {
        return folder.resolve("data");
    }

    Path pidFile() {
        return data().resolve("postgres/postmaster.pid");
    }

    int port() throws IOException {
        return Integer.parseInt(Files.readString(data().resolve("postgres.port")).strip());
    }

    String password() throws IOException {
        return Files.readString(data().resolve("postgres.password")).strip();
    }

    ProcessHandle process() throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readAllLines(pidFile()).get(0))).orElseThrow();
    }

    Connection connect(String password) throws IOException, SQLException {
        String url = "jdbc:postgresql://127.0.0.1:" + port() + "/saddlebag";
        return DriverManager.getConnection(url, "postgres", password);
    }

    void execute(String statement) throws IOException, SQLException {
        try (Connection connection = connect(password()); Statement s = connection.createStatement()) {
            s.execute(statement);
        }
    }

    /** The first column of the first row. */
    String ask(String query) throws IOException, SQLException {
        try (Connection connection = connect(password()); Statement s = connection.createStatement();
                ResultSet rows = s.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
