package io.saddlebag.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;

/** The table of who may call what. */
class PermissionsTest {

    private static final Pattern ENTRANCE = Pattern.compile("uri: platform-http:(\\S+)\\s+parameters: \\{httpMethodRestrict: (\"[A-Z,]+\"|[A-Z]+)");
    private static final Pattern ENTRANCES = Pattern.compile("platform-http:");

    private final Permissions permissions = new Permissions();

    /** @return method and address of each route that serves HTTP, and of each method of a controller */
    static Stream<String> addresses() throws IOException, ClassNotFoundException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("routes"))) {
            for (Path file : files.filter(file -> file.toString().endsWith(".camel.yaml")).sorted().toList()) {
                String text = Files.readString(file);
                List<MatchResult> entrances = ENTRANCE.matcher(text).results().toList();
                if (!file.endsWith("sandbox.camel.yaml")) { // has all methods; the table closes it to logins
                    assertThat(entrances).as(file + ": each address says httpMethodRestrict first").hasSameSizeAs(ENTRANCES.matcher(text).results().toList());
                }
                entrances.forEach(one -> Stream.of(one.group(2).replace("\"", "").split(",")).forEach(method -> found.add(method + " " + one.group(1))));
            }
        }
        ClassPathScanningCandidateComponentProvider controllers = new ClassPathScanningCandidateComponentProvider(false);
        controllers.addIncludeFilter(new AnnotationTypeFilter(Controller.class));
        for (var controller : controllers.findCandidateComponents("io.saddlebag")) {
            Class<?> type = Class.forName(controller.getBeanClassName());
            for (Method method : type.getDeclaredMethods()) {
                RequestMapping mapping = AnnotatedElementUtils.findMergedAnnotation(method, RequestMapping.class);
                for (String path : mapping == null ? new String[0] : mapping.path()) {
                    RequestMethod[] methods = mapping.method().length == 0 ? new RequestMethod[] {RequestMethod.GET} : mapping.method();
                    Stream.of(methods).forEach(one -> found.add(one + " " + path));
                }
            }
        }
        assertThat(found).hasSizeGreaterThan(40);
        return found.stream().filter(one -> !one.contains(" /act/") && !one.contains(" /export/")); // the address behind the button or the file counts
    }

    @ParameterizedTest
    @MethodSource("addresses")
    void anAddressHasARule(String address) {
        String[] parts = address.split(" ");

        assertThat(permissions.knows(parts[0], parts[1].replaceAll("/\\*\\*?$", "/x").replaceAll("\\{.*?}", "x")))
            .as(address + " has no rule in Permissions, so only admins may call it: add one that says who may").isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GET    | /api/zoho/health               | anonymous",
        "POST   | /api/zoho/webhooks/items       | anonymous",
        "POST   | /api/sync/items                | scheduler, operator",
        "GET    | /api/sync/runs/7               | scheduler, viewer",
        "GET    | /api/sync/runs/7/report        | viewer",
        "POST   | /api/push/crm-products         | scheduler, operator",
        "POST   | /api/push/confirm              | admin",
        "GET    | /api/push/confirm              | viewer",
        "HEAD   | /api/sync/runs                 | viewer",
        "POST   | /api/sync/items/7              | operator",
        "POST   | /act/api/sync/items            | operator",
        "GET    | /export/api/zoho/health        | viewer",
        "POST   | /act/api/zoho/webhooks/items   | viewer",
        "DELETE | /act/api/organisations/7       | admin",
        "PATCH  | /api/organisations/7           | admin",
        "PATCH  | /api/staff/lisa                | admin",
        "PATCH  | /api/staff/v                   | viewer",
        "PATCH  | /api/staff/%76                 | viewer",
        "DELETE | /api/staff/v                   | admin",
        "GET    | /runs/7                        | viewer",
        "GET    | /events                        | viewer",
        "GET    | /unheard/of                    | admin",
        "PUT    | /api/sync/items                | admin",
        "POST   | /actuator/jolokia              | admin",
        "GET    | /actuator/jolokia              | nobody",
        "POST   | /sandbox/control               | nobody"})
    void theRolesThatItNamesAndHigherOnesMay(String method, String path, String named) {
        Role least = Stream.of(named.split(", ")).flatMap(name -> Role.of(name).stream()).findFirst().orElse(null);
        for (Role role : Role.values()) {
            assertThat(permissions.may(login(role), method, path)).as(role.text())
                .isEqualTo(named.equals("anonymous") || least != null && role.compareTo(least) >= 0);
        }
        assertThat(permissions.may(scheduler(), method, path)).as("scheduler").isEqualTo(named.contains("scheduler") || named.equals("anonymous"));
        assertThat(permissions.may(null, method, path)).as("anonymous").isEqualTo(named.equals("anonymous"));
    }

    @Test
    void aRefusalNamesTheRoleThatIsNeeded() {
        assertThat(permissions.refusal(login(Role.VIEWER), "POST", "/api/sync/items")).startsWith("This call needs the role operator, and v has the role viewer");
        assertThat(permissions.refusal(login(Role.OPERATOR), "GET", "/unheard/of")).startsWith("This call needs the role admin, and v has the role operator");
        assertThat(permissions.refusal(scheduler(), "POST", "/act/login")).contains("log in as staff with the role viewer");
        assertThat(permissions.refusal(scheduler(), "POST", "/api/verify/items")).contains("log in as staff with the role operator");
    }

    private static Authentication login(Role role) {
        return UsernamePasswordAuthenticationToken.authenticated("v", null, role.authorities());
    }

    private static Authentication scheduler() {
        return UsernamePasswordAuthenticationToken.authenticated("scheduler", null, AuthorityUtils.createAuthorityList("ROLE_SCHEDULER"));
    }
}
