package io.saddlebag.organisations;

import io.saddlebag.problem.ApiException;
import io.saddlebag.zoho.connection.Connections;
import io.saddlebag.zoho.connection.Connections.Given;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * The OAuth client and the consent of an organisation. A client without a refresh token waits beside the working connection
 * until a person agrees. A change to one of several organisations that share a connection gives that organisation a connection
 * of its own; only the connection of the settings always stays with the organisation of the settings.
 */
@Component
public class OrganisationClient {

    private static final List<String> OF_THE_CLIENT = List.of("region", "clientId", "clientSecret", "refreshToken");

    private final JdbcTemplate database;
    private final Connections connections;

    OrganisationClient(JdbcTemplate database, Connections connections) {
        this.database = database;
        this.connections = connections;
    }

    /** The connections of an organisation; each may be null. */
    private record Links(boolean isDefault, Long connection, Long awaiting) {
    }

    /** Runs in the caller's transaction. Does nothing unless a field of the client is given. */
    void change(String key, OrganisationFields fields) {
        Links links = links(key);
        if (fields.has("sameConnectionAs")) {
            share(key, links, fields);
        } else if (OF_THE_CLIENT.stream().anyMatch(fields::has)) {
            give(key, links, fields);
        }
    }

    /**
     * Replaces the consent of an organisation; organisations that share its connection follow if they are listed too.
     *
     * @param by the connection whose client requested the consent
     * @param listed the ids of the organisations that the person belongs to
     * @return the connection that now holds the consent
     * @throws ApiException when the organisation no longer has that connection
     */
    public long agreed(String key, long by, Given given, List<String> listed) {
        Links links = links(key);
        boolean waited = links.awaiting != null && links.awaiting == by;
        if (!waited && (links.connection == null || links.connection != by)) {
            throw new ApiException(409, "The client of organisation " + key + " was changed meanwhile. Open /oauth/connect?org="
                + key + " again", Map.of());
        }
        List<String> others = sharing(links.connection, key);
        boolean inPlace = links.connection != null
            && (others.isEmpty() || (!waited || links.isDefault) && listed.containsAll(others));
        if (links.isDefault && !inPlace) {
            throw new ApiException(409, "The person who agreed does not belong to all organisations that share the connection of the "
                + "settings (" + String.join(", ", others) + "). Give those organisations a connection of their own first", Map.of());
        }
        long connection = stored(inPlace ? links.connection : waited ? links.awaiting : null, given, "browser");
        link(key, links, connection, waited ? null : links.awaiting);
        return connection;
    }

    /** Removes all connections of the organisation. */
    void remove(String key) {
        link(key, links(key), null, null);
    }

    private void share(String key, Links links, OrganisationFields fields) {
        OF_THE_CLIENT.stream().filter(fields::has).findFirst().ifPresent(field -> {
            throw ApiException.ofField(400, field, "cannot be given together with sameConnectionAs, which takes it from the other organisation");
        });
        if (Organisations.isPending(key) && !fields.has("orgId")) {
            throw ApiException.ofField(400, "orgId", "missing; an organisation that shares a connection needs its id, because there is no consent to tell it");
        }
        if (links.isDefault) {
            throw ApiException.ofField(409, "sameConnectionAs", "organisation " + key + " has the connection of the settings");
        }
        String other = fields.text("sameConnectionAs");
        List<Long> found = database.queryForList("SELECT connection_id FROM organisations WHERE ? IN (org_id, name) "
            + "ORDER BY org_id = ? DESC LIMIT 1", Long.class, other, other);
        if (found.isEmpty() || found.get(0) == null) {
            throw ApiException.ofField(409, "sameConnectionAs", found.isEmpty()
                ? "there is no organisation \"" + other + "\" here" : "organisation " + other + " is not connected itself");
        }
        link(key, links, found.get(0), null);
    }

    private void give(String key, Links links, OrganisationFields fields) {
        Long from = links.awaiting != null ? links.awaiting : links.connection;
        Given before = from == null ? new Given("us", null, null, null, null, null, null) : connections.read(from);
        String clientId = fields.text("clientId", before.clientId());
        boolean sameClient = clientId != null && clientId.equals(before.clientId());
        String clientSecret = fields.text("clientSecret", sameClient ? before.clientSecret() : null);
        if (clientId == null || clientSecret == null) {
            throw ApiException.ofField(400, clientId == null ? "clientId" : "clientSecret", "missing");
        }
        String refreshToken = fields.text("refreshToken", sameClient ? before.refreshToken() : null);
        if (refreshToken != null && Organisations.isPending(key) && !fields.has("orgId")) {
            throw ApiException.ofField(400, "orgId", "missing; with a refresh token it must be given");
        }
        boolean elsewhere = fields.has("region") || !sameClient;
        Given given = new Given(fields.text("region", before.region()), elsewhere ? null : before.accountsUrl(), clientId,
            clientSecret, refreshToken, fields.has("refreshToken") || !sameClient ? null : before.scopes(), null);
        if (refreshToken == null) {
            link(key, links, links.connection, stored(links.awaiting, given, "api"));
        } else {
            boolean inPlace = links.isDefault || sharing(links.connection, key).isEmpty();
            link(key, links, stored(inPlace ? links.connection : null, given, "api"), null);
        }
    }

    /** @param in the connection to replace; null for a new one */
    private long stored(Long in, Given given, String by) {
        if (in == null) {
            return connections.add(given);
        }
        connections.replace(in, given.withDigest(connections.read(in).settingsDigest()), by);
        return in;
    }

    /** @return the other organisations that have this connection; none for null */
    private List<String> sharing(Long connection, String key) {
        return database.queryForList("SELECT org_id FROM organisations WHERE connection_id = ? AND org_id <> ? ORDER BY org_id",
            String.class, connection, key);
    }

    private Links links(String key) {
        return database.queryForObject(
            "SELECT is_default, connection_id, awaiting_id FROM organisations WHERE org_id = ? FOR UPDATE",
            (row, number) -> new Links(row.getBoolean(1), row.getObject(2, Long.class), row.getObject(3, Long.class)), key);
    }

    /** Connections that no organisation uses any more are deleted with their secrets. */
    private void link(String key, Links before, Long connection, Long awaiting) {
        database.update("UPDATE organisations SET connection_id = ?, awaiting_id = ?, updated_at = clock_timestamp() "
            + "WHERE org_id = ?", connection, awaiting, key);
        if (connection != null && !connection.equals(before.connection)) {
            connections.wakeWebhooks(connection);
        }
        Stream.of(before.connection, before.awaiting).filter(Objects::nonNull).forEach(id -> connections.removeUnused(id, "api"));
    }
}
