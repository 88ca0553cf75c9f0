package io.saddlebag.livereload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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

    /**
     * @param columns  that the rows of the file must have, with the types that PostgreSQL gives them
     * @param optional columns that they may have besides
     * @return the first fault; empty when the statement may run
     */
    Optional<Finding> checkRows(Path file, Map<String, String> columns, Map<String, String> optional) {
        Optional<Finding> fault = check(file);
        if (fault.isPresent()) {
            return fault;
        }
        try (Connection connection = dataSource.getConnection();
             PreparedStatement prepared = connection.prepareStatement(SqlStatement.of(Files.readString(file)).jdbc())) {
            ResultSetMetaData rows = prepared.getMetaData();
            Map<String, String> given = new TreeMap<>();
            for (int i = 1; rows != null && i <= rows.getColumnCount(); i++) {
                given.put(rows.getColumnLabel(i), rows.getColumnTypeName(i));
            }
            return rowFault(given, columns, optional).map(text -> new Finding(file, 1, text));
        } catch (IOException | SQLException e) {
            return Optional.of(new Finding(file, 1, "cannot be read: " + e));
        }
    }

    private static Optional<String> rowFault(Map<String, String> given, Map<String, String> columns, Map<String, String> optional) {
        String known = "The columns are " + String.join(", ", columns.keySet()) + "; it may have " + String.join(", ", optional.keySet());
        for (String column : columns.keySet()) {
            if (!given.containsKey(column)) {
                return Optional.of("gives no column " + column + ". " + known);
            }
        }
        for (Map.Entry<String, String> column : given.entrySet()) {
            String type = columns.getOrDefault(column.getKey(), optional.get(column.getKey()));
            if (type == null) {
                return Optional.of("gives the column " + column.getKey() + ", which nobody reads. " + known);
            }
            if (!column.getValue().matches(type)) {
                return Optional.of("gives " + column.getKey() + " as " + column.getValue() + ". CAST it to " + type.split("\\|")[0]);
            }
        }
        return Optional.empty();
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
