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
        try {
            return check(file, 1, Files.readString(file));
        } catch (IOException e) {
            return Optional.of(new Finding(file, 1, "cannot be read: " + e));
        }
    }

    /**
     * @param at where the statement stands in a route file
     * @return the same of a statement in a route file
     */
    Optional<Finding> check(Path routeFile, YamlEntry at, String query) {
        return check(routeFile, at.multiline() ? at.line() + 1 : at.line(), query);
    }

    private Optional<Finding> check(Path file, int firstLine, String text) {
        SqlStatement statement = SqlStatement.of(text);
        if (statement.jdbc().isBlank()) {
            return Optional.of(new Finding(file, firstLine, "is empty; an SQL file holds one statement"));
        }
        try (Connection connection = dataSource.getConnection();
             PreparedStatement prepared = connection.prepareStatement(statement.jdbc())) {
            prepared.getParameterMetaData(); // makes the driver ask the server
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(finding(file, firstLine, statement, e));
        }
    }

    private static Finding finding(Path file, int firstLine, SqlStatement statement, SQLException e) {
        ServerErrorMessage error = e instanceof PSQLException server ? server.getServerErrorMessage() : null;
        if (error == null) {
            return new Finding(file, firstLine, String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
        }
        String hint = error.getHint() == null ? "" : " (" + error.getHint() + ")";
        return new Finding(file, firstLine - 1 + statement.line(error.getPosition()), error.getMessage() + hint);
    }
}
