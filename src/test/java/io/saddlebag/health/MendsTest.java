package io.saddlebag.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.saddlebag.testkit.ApiDescription;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each problem that health can find leads to the call that solves it, or to the page that shows it or says what an operator does. */
class MendsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Path SOURCES = Path.of("src/main/java/io/saddlebag/health");
    private static final Pattern MADE = Pattern.compile("(?:new Finding|\\bfinding)\\(\\s*(?:org \\+ )?\"([a-z.-]+)\"");
    private static final String ORGANISATION = """
        {"org": "1", "circuitOpenIn": ["one"], "metaCircuitOpenIn": ["one"], "missingScopes": [{"area": "/books/v3/bills", "since": "2026-01-01T11:00:00Z", "toDo": "Agree"}],
         "token": {"toDo": %s, "cooldownUntil": "2026-01-01T12:05:00Z", "validUntil": null, "refused": true},
         "quota": {"creditsBlockedUntil": "2026-01-01T13:00:00Z", "blockedUntil": %s, "blockedFor": "minute", "dayRemaining": 1, "dayLimit": 1000},
         "waiting": {"run": {"id": 3, "entity": "items", "since": "2026-01-01T11:00:00Z", "until": "2026-01-01T13:00:00Z", "for": "lock"},
                     "call": {"purpose": "pull", "since": "2026-01-01T11:00:00Z", "for": "slot"},
                     "event": {"entity": "items", "zohoId": "7", "since": "2026-01-01T11:00:00Z", "until": "2026-01-01T13:00:00Z", "for": "no luck"}},
         "details": [{"entity": "items", "lacking": 3, "error": "no luck"}], "webhooks": [{"entity": "items", "told": 1, "missed": 20}],
         "push": [{"target": "crm-products", "state": "on", "oldestUnknown": "2026-01-01T10:00:00Z", "unknown": 1, "undecided": 1, "heldBecause": "many", "heldBy": 5, "conflicts": 1, "matched": 1,
                   "refused": 1, "ok": 0, "failed": 0, "waiting": 0, "held": 0, "never": 0, "failedOfADay": 9, "attemptsOfADay": 9, "checkError": "no scope", "mappingEdited": true,
                   "lastError": "no luck", "lastRun": 6},
                  {"target": "crm-products", "state": "on", "unknown": 0, "undecided": 0, "conflicts": 0, "matched": 0,
                   "refused": 1, "ok": 0, "failed": 0, "waiting": 0, "held": 0, "never": 0, "failedOfADay": 0, "attemptsOfADay": 9, "mappingEdited": false}],
         "withoutResult": [{"target": "meta-catalogue", "records": 2}],
         "troubles": [{"id": 8, "entity": "items", "status": "failed", "finishedAt": "11:00", "rejected": 0, "letters": 0, "error": "x", "held": false},
                      {"id": 9, "entity": "bills", "status": "partial", "finishedAt": "11:00", "rejected": 0, "letters": 0, "error": "x", "held": true},
                      {"id": 9, "entity": "contacts", "status": "partial", "finishedAt": "11:00", "rejected": 0, "letters": 0, "error": "x", "held": false},
                      {"id": 9, "entity": "invoices", "status": "partial", "finishedAt": "11:00", "rejected": 1, "letters": 1, "error": "x", "held": false}]}""";
    private static final String ALERTS = """
        {"channels": [{"channel": "email", "failingSince": "2026-01-01T11:00:00Z", "error": "no luck", "waiting": 2},
         {"channel": "email", "failingSince": null, "error": "no luck", "waiting": 0}], "heartbeatError": "no luck"}""";
    private static final String LOCK = """
        {"since": "a", "pid": 1, "role": "r", "state": "idle", "begun": "b"}""";

    @Test
    void everyProblemHasOne() throws IOException {
        List<Finding> all = all();
        Set<String> made = new TreeSet<>();
        for (String file : List.of("HealthProblems", "PushProblems", "InstallationProblems", "ApiHealth")) {
            MADE.matcher(Files.readString(SOURCES.resolve(file + ".java"))).results().forEach(result -> made.add(result.group(1)));
        }
        assertThat(made).as("problems named in the sources").hasSizeGreaterThan(20);
        assertThat(made).as("each problem stands in this test").allSatisfy(key -> assertThat(all).extracting(Finding::key).anyMatch(found -> found.contains(key)));

        assertThat(all).allSatisfy(finding -> {
            String address = finding.mend().address();
            assertThat(finding.mend().label()).isNotBlank();
            if (address.startsWith("/docs/")) {
                URI page = URI.create(address);
                assertThat(Files.readString(Path.of(page.getPath().substring(1)))).as("the words to which %s scrolls", address).contains(page.getFragment().replaceFirst("^:~:text=", ""));
            } else if (finding.mend().method().equals("POST")) {
                assertThat(ApiDescription.read().addresses()).as("an address of the API: %s", address)
                    .anyMatch(one -> one.method().equals("POST") && one.pattern().matcher(address.replaceFirst("\\?.*", "")).matches());
            } else {
                assertThat(address).as("a page of the console").matches("/(runs|deletes|dead-letters|calls|webhooks|push|connections|system|alerts|oauth)\\b.*");
            }
        });
    }

    private static List<Finding> all() throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<Finding> all = new ArrayList<>();
        for (String[] variant : new String[][] {{"\"Connect\"", "null"}, {"null", "\"2026-01-01T13:00:00Z\""}}) {
            JsonNode organisation = json.readTree(ORGANISATION.formatted((Object[]) variant));
            all.addAll(new HealthProblems(organisation, 5, NOW).findings());
        }
        all.addAll(new InstallationProblems(json.readTree(LOCK), "a copy", json.readTree(ALERTS), "no provider", List.of("other timers"), "no address").findings());
        all.add(ApiHealth.ofTimer("1", "no cron"));
        all.add(InstallationProblems.noOrganisation());
        all.add(InstallationProblems.noDatabase(true));
        all.add(InstallationProblems.noDatabase(false));
        return all;
    }
}
