package io.saddlebag;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** No library of the build is one that {@code advisories.yaml} warns of, and what was accepted there is looked at again in time. */
class AdvisoriesTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 28);
    private static final List<String> JARS = List.of("/m2/com/example/parser/1.10.0/parser-1.10.0.jar");

    @Test
    void noLibraryIsAffected() throws IOException {
        List<String> jars = List.of(System.getProperty("java.class.path").replace('\\', '/').split(File.pathSeparator));

        assertThat(problems(Files.readString(Path.of("advisories.yaml")), jars, LocalDate.now())).isEmpty();
        assertThat(jars).as("libraries come from a Maven repository").anyMatch(jar -> jar.contains("/org/apache/camel/camel-http/"));
    }

    @Test
    void anAffectedVersionIsNamedWithItsRemedy() {
        assertThat(problems(advisory("fixed: 1.10.1"), JARS, TODAY))
            .containsExactly("com.example:parser 1.10.0: CVE-1. Use 1.10.1 or newer, or accept the advisory in advisories.yaml");
        assertThat(problems(advisory("from: 1.9.2\n  fixed: none"), JARS, TODAY))
            .containsExactly("com.example:parser 1.10.0: CVE-1. No version mends it: do without, or accept the advisory in advisories.yaml");
    }

    @Test
    void otherVersionsAndOtherLibrariesAreNot() {
        assertThat(problems(advisory("fixed: 1.10.0"), JARS, TODAY)).isEmpty();
        assertThat(problems(advisory("fixed: 1.9.9"), JARS, TODAY)).isEmpty();
        assertThat(problems(advisory("from: 1.11\n  fixed: none"), JARS, TODAY)).isEmpty();
        assertThat(problems(advisory("fixed: none"), List.of("/m2/com/example/parser-tools/1.10.0/parser-tools-1.10.0.jar"), TODAY)).isEmpty();
    }

    @Test
    void whatIsAcceptedHasAReasonAndIsLookedAtAgain() {
        String accepted = "fixed: none\n  accepted: {reason: nothing is parsed, until: 2026-11-28}";
        assertThat(problems(advisory(accepted), JARS, TODAY)).isEmpty();
        assertThat(problems(advisory(accepted), JARS, TODAY.plusDays(1)))
            .containsExactly("com.example:parser 1.10.0: CVE-1 was accepted until 2026-11-28. Look at it again");
        assertThat(problems(advisory("fixed: none\n  accepted: {until: 2026-11-28}"), JARS, TODAY))
            .containsExactly("com.example:parser 1.10.0: CVE-1 is accepted without a reason");
        assertThat(problems(advisory(accepted), List.of(), TODAY))
            .containsExactly("com.example:parser: no version of the build has CVE-1 any more. Take \"accepted\" out of advisories.yaml");
    }

    @Test
    void anAdvisoryNamesItsSource() {
        assertThat(problems("- advisory: CVE-1\n  dependency: com.example:parser\n  fixed: 1.0", JARS, TODAY))
            .containsExactly("com.example:parser: CVE-1 has no source");
    }

    private static String advisory(String versions) {
        return "- advisory: CVE-1\n  source: https://example.com/CVE-1\n  dependency: com.example:parser\n  " + versions + "\n";
    }

    /** @param jars as they lie in a Maven repository: the group's folders, artifact, version, file */
    @SuppressWarnings("unchecked")
    private static List<String> problems(String advisories, List<String> jars, LocalDate today) {
        List<String> problems = new ArrayList<>();
        for (Map<String, Object> entry : (List<Map<String, Object>>) new Yaml().load(advisories)) {
            String dependency = entry.get("dependency").toString();
            if (!String.valueOf(entry.get("source")).startsWith("https://")) {
                problems.add(dependency + ": " + entry.get("advisory") + " has no source");
            }
            Pattern jar = Pattern.compile("/" + dependency.replace(':', '/').replace('.', '/').replaceFirst("/[^/]*$", "/")
                + Pattern.quote(dependency.substring(dependency.indexOf(':') + 1)) + "/([^/]+)/[^/]+\\.jar$");
            List<String> affected = jars.stream().map(jar::matcher).filter(Matcher::find).map(found -> found.group(1)).distinct()
                .filter(version -> isAffected(version, entry)).toList();
            Map<String, Object> accepted = (Map<String, Object>) entry.get("accepted");
            for (String version : affected) {
                String problem = problem(entry, accepted, today);
                if (problem != null) {
                    problems.add(dependency + " " + version + ": " + entry.get("advisory") + problem);
                }
            }
            if (accepted != null && affected.isEmpty()) {
                problems.add(dependency + ": no version of the build has " + entry.get("advisory") + " any more. Take \"accepted\" out of advisories.yaml");
            }
        }
        return problems;
    }

    private static String problem(Map<String, Object> entry, Map<String, Object> accepted, LocalDate today) {
        if (accepted == null) {
            return (entry.get("fixed").equals("none") ? ". No version mends it: do without," : ". Use " + entry.get("fixed") + " or newer,")
                + " or accept the advisory in advisories.yaml";
        }
        LocalDate until = ((Date) accepted.get("until")).toInstant().atZone(ZoneId.of("UTC")).toLocalDate();
        return accepted.get("reason") == null ? " is accepted without a reason"
            : today.isAfter(until) ? " was accepted until " + until + ". Look at it again" : null;
    }

    private static boolean isAffected(String version, Map<String, Object> entry) {
        boolean before = entry.get("from") != null && isOlder(version, entry.get("from").toString());
        return !before && (entry.get("fixed").equals("none") || isOlder(version, entry.get("fixed").toString()));
    }

    /** Numbers count; what is no number, such as "Final", is 0. */
    private static boolean isOlder(String version, String other) {
        String[] left = version.split("[.-]");
        String[] right = other.split("[.-]");
        for (int i = 0; i < Math.max(left.length, right.length); i++) {
            int difference = number(left, i) - number(right, i);
            if (difference != 0) {
                return difference < 0;
            }
        }
        return false;
    }

    private static int number(String[] parts, int index) {
        return index < parts.length && parts[index].matches("[0-9]{1,9}") ? Integer.parseInt(parts[index]) : 0;
    }
}
