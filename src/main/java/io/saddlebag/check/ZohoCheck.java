package io.saddlebag.check;

import io.saddlebag.connect.ConsentScopes;
import io.saddlebag.connect.PublicUrl;
import io.saddlebag.kinds.Kind;
import io.saddlebag.kinds.Kinds;
import io.saddlebag.webhook.WebhookSecrets;
import io.saddlebag.zoho.ZohoUnauthorizedException;
import io.saddlebag.zoho.connection.TokenAnswer;
import io.saddlebag.zoho.connection.ZohoHosts;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Describes the result of each step of a check, and the remedy where it failed. */
@Component("zohoCheck")
public class ZohoCheck {

    private final Kinds kinds;
    private final ZohoHosts hosts;
    private final PublicUrl publicUrl;
    private final WebhookSecrets secrets;

    ZohoCheck(Kinds kinds, ZohoHosts hosts, PublicUrl publicUrl, WebhookSecrets secrets) {
        this.secrets = secrets;
        this.kinds = kinds;
        this.hosts = hosts;
        this.publicUrl = publicUrl;
    }

    /** @param row of the organisation and its connection */
    public CheckReport begin(String org, Map<String, Object> row) {
        CheckReport report = new CheckReport(org, (Boolean) row.get("settings"), (String) row.get("region"), (Long) row.get("token_version"),
            (String) row.get("kinds"));
        report.note(secrets.missing(org, report.isFromSettings(), (Boolean) row.get("webhook_secret_stored")));
        report.note(publicUrl.hint());
        return report;
    }

    /**
     * There is an access token.
     *
     * @param answered result of the token request; null where another process sent it, or no request is allowed now
     * @param row of zoho_take_token
     */
    public void token(CheckReport report, TokenAnswer answered, Map<String, Object> row) {
        report.token((Long) row.get("token_version"));
        if (report.isFresh()) {
            report.add("credentials", true, "Zoho gave an access token");
        } else if (answered == null) {
            report.add("credentials", true, "the present access token is valid until " + row.get("valid_until") + "; no new one was "
                + "requested, because Zoho gives only 10 in 10 minutes");
        } else {
            report.add("credentials", false, failed(answered) + ". The present access token is still valid");
        }
        String named = hosts.regionOfApi((String) row.get("api_url"));
        String of = named == null ? report.getRegion() : named;
        String called = hosts.regionOfApiUrl();
        if (called != null && !called.equals(of)) {
            report.add("region", false, "all calls go to ZOHO_API_URL, Zoho's own server of region " + called
                + ", but the access token is of region " + of + ". Remove ZOHO_API_URL: ZOHO_REGION determines the server");
        } else if (hosts.apiReplaced()) {
            report.add("region", true, "all calls go to ZOHO_API_URL or the sandbox, whatever the region");
        } else if (named == null || named.equals(report.getRegion())) {
            report.add("region", true, report.getRegion());
        } else {
            report.add("region", false, "the connection is set to region " + report.getRegion() + ", but Zoho names " + named
                + " as its region. " + report.inRegion(named));
        }
    }

    /** There is no access token. @param answered null where no request was sent to Zoho */
    public void noToken(CheckReport report, TokenAnswer answered, String problem) {
        report.refused(answered == null ? null : answered.error());
        report.add("credentials", false, answered == null || answered.toDo() != null ? problem : failed(answered));
    }

    private static String failed(TokenAnswer answered) {
        return "throttled".equals(answered.outcome())
            ? "Zoho gives no access tokens for some minutes (too many requests continuously). Try again in 5 minutes, and "
                + "give other programs a refresh token of their own"
            : "the accounts server gave no access token: " + answered.error() + ". Try again; if this persists, check the network "
                + "and ZOHO_ACCOUNTS_URL";
    }

    /** @return the other regions to try; none where one accounts server stands for all regions */
    public List<String> regions(CheckReport report) {
        return hosts.accountsReplaced() ? List.of() : hosts.regionsBut(report.getRegion());
    }

    /** @param answer of another region's token endpoint; null when none came */
    public void tried(CheckReport report, String region, Map<?, ?> answer) {
        Object error = answer == null ? null : answer.get("error");
        boolean opens = answer != null && answer.get("access_token") != null;
        // a region that reports another error knows the client
        boolean knowsClient = "invalid_client".equals(report.refusal())
            && ("invalid_code".equals(error) || "invalid_client_secret".equals(error));
        if (opens || knowsClient) {
            report.foundIn(region);
        }
    }

    /** After all other regions, or the first that knows the credentials. */
    public void regionsTried(CheckReport report) {
        String region = report.getRegion();
        if (report.getHome() != null) {
            report.add("region", false, "the connection is set to region " + region + ", but its client is of region "
                + report.getHome() + ". " + report.inRegion(report.getHome()));
        } else if (hosts.isSandbox()) {
            report.add("region", true, "the sandbox stands for all regions of Zoho, so the region is not the cause");
        } else if (hosts.accountsReplaced()) {
            report.add("region", false, "ZOHO_ACCOUNTS_URL replaces the accounts servers of all regions. "
                + "Most likely it is not the server of the region in which the client was created. Remove it, and set ZOHO_REGION "
                + "(now " + region + ") to that region");
        } else {
            report.add("region", false, "no other region of Zoho knows these credentials either. Copy client id and secret again from the"
                + " API console; if the client is right, make a new refresh token");
        }
    }

    /** @param listed organisations as Zoho sent them; null where its answer has no list */
    public void organisations(CheckReport report, List<Map<String, Object>> listed) {
        boolean found = listed != null
            && listed.stream().anyMatch(one -> report.org().equals(String.valueOf(one.get("organization_id"))));
        if (found) {
            report.add("organisation", true, "the connection's user belongs to it");
            return;
        }
        report.wrongOrganisation();
        if (listed == null || listed.isEmpty()) {
            report.add("organisation", false, "the connection's user belongs to no organisation: agree as another user");
            return;
        }
        String others = listed.stream()
            .map(one -> one.get("organization_id") + " (" + one.get("name") + ")").collect(Collectors.joining(", "));
        report.add("organisation", false, "the connection's user does not belong to it, but to " + others + ". "
            + (report.isFromSettings() ? "Set ZOHO_ORG_ID to one of these"
                : "Remove this organisation, and set up one of these by POST /api/organisations"));
    }

    public void noOrganisations(CheckReport report, Exception failure) {
        report.add("organisation", false, failure instanceof ZohoUnauthorizedException
            ? "the organisations cannot be listed: " + lacking(report, ConsentScopes.ORGANISATIONS) : failure.getMessage());
    }

    /** @return the kinds to try: those that are copied; none where Zoho would refuse every call because of the organisation */
    public List<String> kinds(CheckReport report) {
        return report.isWrongOrganisation() ? List.of() : report.copied(kinds.names());
    }

    public void scope(CheckReport report, Kind kind) {
        report.add("scope " + kind.name(), true, String.join(",", kind.scopes()));
    }

    public void noScope(CheckReport report, Kind kind) {
        report.add("scope " + kind.name(), false, lacking(report, String.join(",", kind.scopes())));
    }

    public void unreadable(CheckReport report, Kind kind, String problem) {
        report.add("scope " + kind.name(), false, problem);
    }

    private static String lacking(CheckReport report, String scope) {
        return "the connection lacks the scope " + scope
            + (report.isFresh() ? "" : ", or its access token has just expired")
            + ". Agree to all scopes: open /oauth/connect?org=" + report.org() + " (Server-based Application), or generate a code with"
            + " these scopes and replace the refresh token (Self Client)";
    }
}
