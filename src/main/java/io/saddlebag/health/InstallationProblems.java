package io.saddlebag.health;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.health.Finding.Mend;
import java.util.ArrayList;
import java.util.List;

/**
 * Describes the problems that concern no single organisation, one sentence each, with cause and remedy.
 *
 * @param lock      of health-locks.sql; null if no statement waits for a lock
 * @param copy      why this database writes nothing to Zoho; null if it writes
 * @param alerts    the alerts in the health answer
 * @param oidc      the problem of a recent login at the provider; null if there was none
 * @param timers    the differences between the settings of replicas
 * @param publicUrl the missing setting of the public address; null if it is not missing
 */
record InstallationProblems(JsonNode lock, String copy, JsonNode alerts, String oidc, List<String> timers, String publicUrl) {

    List<Finding> findings() {
        List<Finding> problems = new ArrayList<>();
        if (lock != null) {
            problems.add(new Finding("database.lock", HealthProblems.lock(lock), Mend.page("See the system", "/system")));
        }
        if (copy != null) {
            problems.add(new Finding("push.copy", copy, Mend.call("Let this database write to Zoho", "/api/push/confirm")));
        }
        channels(problems);
        if (oidc != null) {
            problems.add(new Finding("oidc", oidc, Mend.docs("Read about the provider", "howto/staff.md", "Log in at a provider")));
        }
        timers.forEach(text -> problems.add(new Finding("timers", text, Mend.page("See the replicas", "/system"))));
        if (publicUrl != null) {
            problems.add(new Finding("public-url", publicUrl, Mend.docs("Read about the setting", "reference/settings.md", "SADDLEBAG_PUBLIC_URL")));
        }
        return problems;
    }

    static Finding noOrganisation() {
        return new Finding("no-organisation", "No organisation is connected to Zoho. Open /oauth/connect in a browser", Mend.page("Connect to Zoho", "/oauth/connect"));
    }

    static Finding noDatabase(boolean isReadOnly) {
        return new Finding("database", (isReadOnly
                ? "The database answers and takes no writes: it is a standby, or default_transaction_read_only is on. Point DATABASE_URL"
                    + " to the primary, or turn that setting off"
                : "The database does not answer. Check that PostgreSQL runs and that DATABASE_URL still points to it")
                + ". Committed data is safe, and work resumes automatically when the database is back",
            Mend.docs("Read about the database", "troubleshooting.md", isReadOnly ? "The database answers and takes no writes" : "The database does not answer"));
    }

    /** What a channel cannot tell of itself, another one can, and whoever reads this. */
    private void channels(List<Finding> problems) {
        for (JsonNode channel : alerts.get("channels")) {
            if (channel.hasNonNull("failingSince")) {
                String name = channel.get("channel").asText();
                problems.add(new Finding("alerts." + name, "The alerts' channel " + name + " has taken no message since " + channel.get("failingSince").asText() + ": "
                    + channel.get("error").asText() + ". " + channel.get("waiting").asText() + " wait. Check " + (name.equals("email") ? "SADDLEBAG_SMTP_URL and SADDLEBAG_ALERT_EMAIL"
                    : "SADDLEBAG_ALERT_WEBHOOK") + "; POST /api/alerts/test tries it", Mend.call("Test the channels", "/api/alerts/test")));
            } else if (channel.hasNonNull("error")) {
                problems.add(new Finding("alerts.email-refused", "The last e-mail about a problem did not reach everybody: " + channel.get("error").asText()
                    + ". Check SADDLEBAG_ALERT_EMAIL; POST /api/alerts/test tries it", Mend.call("Test the channels", "/api/alerts/test")));
            }
        }
        if (alerts.hasNonNull("heartbeatError")) {
            problems.add(new Finding("alerts.heartbeat", "The heartbeat does not reach its address: " + alerts.get("heartbeatError").asText()
                + ". Check SADDLEBAG_HEARTBEAT_URL and the network. It is tried again every minute", Mend.page("See the alerts", "/alerts")));
        }
    }
}
