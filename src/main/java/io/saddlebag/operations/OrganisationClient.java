package io.saddlebag.operations;

import io.saddlebag.zoho.Connections;
import io.saddlebag.zoho.Connections.Given;
import java.util.List;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * The client and the consent with which an organisation is read. A client without a refresh token waits beside the connection
 * that works until somebody agrees with it. What several organisations share changes for one of them by giving it its own;
 * only the connection of the settings always belongs to their organisation.
 */
@Component
@Profile("!sandbox")
class OrganisationClient {

    private static final List<String> OF_THE_CLIENT = List.of("region", "clientId", "clientSecret", "refreshToken");

    private final JdbcTemplate database;
    private final Connections connections;

    OrganisationClient(JdbcTemplate database, Connections connections) {
        this.database = database;
        this.connections = connections;
    }

    /** Of an organisation; each may be null. */
    private record Links(boolean isDefault, Long connection, Long awaiting) {
    }

    /** In a transaction of the caller. Does nothing when no field is of the client. */
    void change(String key, OrganisationFields fields) {
        Links links = links(key);
        if (fields.has("sameConnectionAs")) {
            share(key, links, fields);
        } else if (OF_THE_CLIENT.stream().anyMatch(fields::has)) {
            give(key, links, fields);
        }
    }

    /** Leaves the organisation without any. */
    void remove(String key) {
        Links links = links(key);
        link(key, links, null, null);
    }

    private void share(String key, Links links, OrganisationFields fields) {
        OF_THE_CLIENT.stream().filter(fields::has).findFirst().ifPresent(field -> {
            throw ApiException.ofField(400, field, "is that of the other organisation when sameConnectionAs is given");
        });
        if (Organisations.isPending(key) && !fields.has("orgId")) {
            throw ApiException.ofField(400, "orgId", "missing; nobody agrees again for an organisation that shares a connection");
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
            link(key, links, links.connection, stored(links.awaiting, given));
        } else {
            link(key, links, stored(links.isDefault || !isShared(links.connection) ? links.connection : null, given), null);
        }
    }

    /** @param in the connection that it takes the place of; null for a new one */
    private long stored(Long in, Given given) {
        if (in == null) {
            return connections.add(given);
        }
        connections.replace(in, given.withDigest(connections.read(in).settingsDigest()), "api");
        return in;
    }

    private boolean isShared(Long connection) {
        return connection != null
            && database.queryForObject("SELECT count(*) FROM organisations WHERE connection_id = ?", Long.class, connection) > 1;
    }

    private Links links(String key) {
        return database.queryForObject(
            "SELECT is_default, connection_id, awaiting_id FROM organisations WHERE org_id = ? FOR UPDATE",
            (row, number) -> new Links(row.getBoolean(1), row.getObject(2, Long.class), row.getObject(3, Long.class)), key);
    }

    /** Connections that nobody has any more go, with their secrets. */
    private void link(String key, Links before, Long connection, Long awaiting) {
        database.update("UPDATE organisations SET connection_id = ?, awaiting_id = ?, updated_at = clock_timestamp() "
            + "WHERE org_id = ?", connection, awaiting, key);
        if (before.connection != null) {
            connections.removeUnused(before.connection);
        }
        if (before.awaiting != null) {
            connections.removeUnused(before.awaiting);
        }
    }
}
