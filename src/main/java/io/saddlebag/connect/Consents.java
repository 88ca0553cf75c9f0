package io.saddlebag.connect;

import io.saddlebag.common.SecretCipher;
import io.saddlebag.organisations.OrganisationClient;
import io.saddlebag.organisations.Organisations;
import io.saddlebag.problem.ApiException;
import io.saddlebag.zoho.connection.Connections;
import io.saddlebag.zoho.connection.ZohoTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Stores a consent for its organisation, or keeps it until a person has chosen an organisation. */
@Component("consents")
public class Consents {

    private final JdbcTemplate database;
    private final SecretCipher cipher;
    private final Connections connections;
    private final OrganisationClient client;
    private final Organisations organisations;
    private final ZohoTokens tokens;
    private final ConsentScopes scopes;
    private final OauthConnect states;

    Consents(JdbcTemplate database, SecretCipher cipher, Connections connections, OrganisationClient client,
            Organisations organisations, ZohoTokens tokens, ConsentScopes scopes, OauthConnect states) {
        this.database = database;
        this.cipher = cipher;
        this.connections = connections;
        this.client = client;
        this.organisations = organisations;
        this.tokens = tokens;
        this.scopes = scopes;
        this.states = states;
    }

    /**
     * @param listed organisations of the person who agreed, as Zoho sent them
     * @param needed scopes of this installation
     */
    @Transactional
    public ConsentResult settle(@Variable("consent") Consent consent, @Body List<Map<String, Object>> listed,
            @Variable("scopes") List<String> needed, @Variable("client") Map<String, Object> row) {
        List<Map<String, String>> all = listed == null ? List.of() : listed.stream().map(one -> Map.of(
            "orgId", String.valueOf(one.get("organization_id")), "name", String.valueOf(one.get("name")))).toList();
        List<String> ids = all.stream().map(one -> one.get("orgId")).toList();
        if (!Organisations.isPending(consent.org())) {
            return ids.contains(consent.org()) ? store(consent, consent.org(), ids, needed)
                : ConsentResult.wrongOrganisation(consent.org(), all);
        }
        if (ids.size() == 1) {
            return store(consent, ids.get(0), ids, needed);
        }
        return ids.isEmpty() ? ConsentResult.wrongOrganisation(consent.org(), all)
            : ConsentResult.choose(keep(consent, ids, (String) row.get("redirect_uri")), all);
    }

    /**
     * @param row of oauth-choice-take.sql; null when there is none
     * @throws ApiException when there is no such choice
     */
    @Transactional
    public ConsentResult choose(@Body Map<String, Object> row, @Header("orgId") String orgId,
            @Variable("scopes") List<String> needed) {
        if (row == null) {
            throw new ApiException(400, "There is nothing to choose. An organisation was already chosen, more than 10 minutes have passed, or "
                + "the chosen organisation was not in the list. Open /oauth/connect again", Map.of());
        }
        String refreshToken = cipher.decrypt((byte[]) row.get("refresh_token"), place((String) row.get("digest")));
        Consent consent = new Consent((String) row.get("org_id"), (Long) row.get("connection_id"),
            (String) row.get("region_before"), (String) row.get("region"), (String) row.get("accounts_url"), refreshToken,
            (String) row.get("scopes"), null);
        return store(consent, orgId, List.of(((String) row.get("listed")).split(",")), needed);
    }

    private ConsentResult store(Consent consent, String orgId, List<String> listed, List<String> needed) {
        String key = organisations.identify(consent.org(), orgId);
        long id = client.agreed(key, consent.connection(), consent.with(connections.read(consent.connection())), listed);
        if (consent.answer() != null) {
            Map<String, Object> row = Map.of("connection_id", id, "region", consent.region());
            connections.token(id, tokens.readTokenAnswer(row, consent.answer(), null, key));
        }
        List<String> notes = new ArrayList<>();
        if (!consent.region().equals(consent.regionBefore())) {
            notes.add("This client belongs to region " + consent.region() + "; the connection was set to "
                + consent.regionBefore() + " and is now in " + consent.region() + ".");
        }
        List<String> missing = scopes.missing(needed, consent.scopes());
        if (!missing.isEmpty()) {
            notes.add("The consent does not include " + String.join(", ", missing) + ": Zoho will refuse the calls that need it. Open "
                + "/oauth/connect?org=" + key + " again and leave every box ticked.");
        }
        return ConsentResult.connected(key, consent.region(), notes, missing);
    }

    /** @return the token that the form of the choice sends back; useless without a login of staff */
    private String keep(Consent consent, List<String> listed, String redirectUri) {
        String choice = states.newState();
        String digest = database.queryForObject("SELECT encode(sha256(convert_to(?, 'UTF8')), 'hex')", String.class, choice);
        database.update("""
            INSERT INTO oauth_states (digest, org_id, connection_id, client_id, redirect_uri, expires_at, region, accounts_url,
                                      refresh_token, scopes, listed)
            SELECT decode(?, 'hex'), ?, id, client_id, ?, clock_timestamp() + interval '10 minutes', ?, ?, ?, ?,
                   string_to_array(?, ',')
              FROM connections WHERE id = ?""", digest, consent.org(), redirectUri, consent.region(), consent.accountsUrl(),
            cipher.encrypt(consent.refreshToken(), place(digest)), consent.scopes(), String.join(",", listed),
            consent.connection());
        return choice;
    }

    private static String place(String digest) {
        return "oauth_states/" + digest + "/refresh_token";
    }
}
