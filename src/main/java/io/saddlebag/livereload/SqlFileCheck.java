package io.saddlebag.livereload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Has PostgreSQL itself parse and plan an SQL file, without running it. */
class SqlFileCheck {

    private final DataSource dataSource;

    SqlFileCheck(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** @return what PostgreSQL says, at its line; empty when the statement may run */
    Optional<Finding> check(Path file) {
        SqlStatement statement;
        try {
            statement = SqlStatement.of(Files.readString(file));
        } catch (IOException e) {
            return Optional.of(new Finding(file, 1, "cannot be read: " + e));
        }
        if (statement.jdbc().isBlank()) {
            return Optional.of(new Finding(file, 1, "is empty; an SQL file holds one statement"));
        }
        try (Connection connection = dataSource.getConnection();
             PreparedStatement prepared = connection.prepareStatement(statement.jdbc())) {
            prepared.getParameterMetaData(); // makes the driver ask the server
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(finding(file, statement, e));
        }
    }

    private static Finding finding(Path file, SqlStatement statement, SQLException e) {
        ServerErrorMessage error = e instanceof PSQLException server ? server.getServerErrorMessage() : null;
        if (error == null) {
            return new Finding(file, 1, String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
        }
        String hint = error.getHint() == null ? "" : " (" + error.getHint() + ")";
        return new Finding(file, statement.line(error.getPosition()), error.getMessage() + hint);
    }
}
