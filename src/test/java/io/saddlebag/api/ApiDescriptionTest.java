package io.saddlebag.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.saddlebag.security.Permissions;
import io.saddlebag.testkit.ApiDescription;
import io.saddlebag.testkit.ApiDescription.Address;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Controller;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.yaml.snakeyaml.Yaml;

/** src/main/resources/openapi.yaml is a valid description, of exactly the addresses that exist. */
class ApiDescriptionTest {

    /** The official schema of OpenAPI 3.1, from vertx-openapi. */
    private static final String OFFICIAL = "/spec.openapis.org/oas/3.1/schema/2022-10-07";
    /** Addresses of Spring and Hawtio, which no route and no controller of Saddlebag has. */
    private static final Set<String> OF_LIBRARIES = Set.of("GET /actuator/health", "GET /actuator/health/readiness", "GET /actuator/health/liveness",
        "GET /actuator/prometheus", "GET /actuator/hawtio", "GET /login", "POST /login", "POST /logout", "GET /login/oidc", "GET /login/oidc/return");
    /** The address of errors, which nobody calls, and the buttons and files of the console's pages. */
    private static final Pattern INTERNAL = Pattern.compile("GET /error|(POST /act|GET /export)/.*");
    private static final String SHORT_NAMES = "/api/zoho/sync-{name}";

    /** A call as the page writes it: `POST /api/push/{target}?dryRun=&force=`. */
    private static final Pattern CALL = Pattern.compile("(GET|POST|PATCH|PUT|DELETE) (/[^`?\\s]*)(\\?[^`\\s]*)?");
    private static final Pattern PARAMETER = Pattern.compile("[?&](\\w+)=");

    private static final Pattern READ = Pattern.compile("RequestParameter\\.\\w+\\(\\w+, \"(\\w+)\"|ListExport\\.limit\\(");

    private final ApiDescription description = ApiDescription.read();
    private final JsonSchemaFactory schemas = JsonSchemaFactory.getInstance(VersionFlag.V202012);

    @Test
    void itIsValidOpenApi() throws IOException {
        try (InputStream official = getClass().getResourceAsStream(OFFICIAL)) {
            JsonNode schema = new ObjectMapper().readTree(official);
            assertThat(schemas.getSchema(schema).validate(description.document())).isEmpty();
            assertThat(schemas.getSchema(schema).validate(new ObjectMapper().readTree("{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"no version\"},\"paths\":{}}")))
                .isNotEmpty();
        }
    }

    @Test
    void everySchemaIsValid() {
        JsonSchema meta = schemas.getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        List<JsonNode> found = new ArrayList<>();
        description.document().findValues("schema").forEach(found::add);
        description.document().at("/components/schemas").forEach(found::add);
        assertThat(found).hasSizeGreaterThan(100).allSatisfy(schema -> assertThat(meta.validate(schema)).as("%s", schema).isEmpty());
    }

    /** An unquoted text in {braces} ends at its first comma; the rest of the text would be a key without a value. */
    @Test
    void noTextIsCutAtAComma() throws IOException {
        assertThat(Pattern.compile("\"([^\"]* [^\"]*)\":null").matcher(new ObjectMapper().writeValueAsString(description.document())).results()
            .map(key -> key.group(1))).isEmpty();
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        assertThat(description.document().findValuesAsText("$ref")).isNotEmpty()
            .allSatisfy(reference -> assertThat(description.document().at(reference.substring(1)).isMissingNode()).as(reference).isFalse());
        assertThat(description.document().findValuesAsText("operationId")).doesNotHaveDuplicates().hasSameSizeAs(description.addresses());
    }

    @Test
    void everyParameterOfAPathIsDescribed() {
        assertThat(description.addresses()).allSatisfy(address -> {
            Set<String> inPath = Pattern.compile("\\{([^}]*)}").matcher(address.path()).results().map(found -> found.group(1)).collect(Collectors.toSet());
            assertThat(description.parameters(address).stream().filter(parameter -> parameter.get("in").textValue().equals("path"))
                .map(parameter -> parameter.get("name").textValue())).as("%s", address).containsExactlyInAnyOrderElementsOf(inPath);
        });
    }

    @Test
    void itHasTheAddressesOfTheRoutesAndTheControllersAndNoOthers() throws IOException {
        Set<String> exist = new TreeSet<>(OF_LIBRARIES);
        exist.addAll(ofRoutes());
        exist.addAll(ofControllers());
        exist.removeIf(INTERNAL.asMatchPredicate());
        Set<String> described = description.addresses().stream().map(Address::toString).collect(Collectors.toCollection(TreeSet::new));
        assertThat(difference(exist, described)).as("addresses to describe in %s", ApiDescription.FILE).isEmpty();
        assertThat(difference(described, exist)).as("addresses in %s that nothing serves", ApiDescription.FILE).isEmpty();
    }

    @Test
    void everyOperationSaysWhoMayCallIt() {
        Permissions permissions = new Permissions();
        assertThat(description.addresses()).allSatisfy(address -> {
            String path = address.path().replaceAll("\\{[^}]*}", "x1");
            String lowest = Stream.of("VIEWER", "OPERATOR", "ADMIN").filter(role -> permissions.may(caller(role), address.method(), path)).findFirst().orElseThrow();
            boolean open = permissions.may(null, address.method(), path);
            assertThat(address.operation().path("x-role").asText()).as("x-role of %s", address).isEqualTo(open ? "" : lowest.toLowerCase(Locale.ROOT));
            Set<String> ways = new TreeSet<>();
            (address.operation().has("security") ? address.operation() : description.document()).get("security")
                .forEach(way -> ways.add(way.isEmpty() ? "nobody" : way.fieldNames().next()));
            assertThat(ways.contains("nobody") || ways.contains("signature")).as("security of %s without a login", address).isEqualTo(open);
            assertThat(ways.contains("bearer")).as("security of %s for the scheduler", address).isEqualTo(open ? ways.contains("bearer")
                : permissions.may(caller("SCHEDULER"), address.method(), path));
        });
    }

    /** Roles as a login has them: a higher one includes the lower ones. */
    private static Authentication caller(String role) {
        List<String> roles = List.of("VIEWER", "OPERATOR", "ADMIN");
        String[] included = roles.contains(role) ? roles.subList(0, roles.indexOf(role) + 1).stream().map(one -> "ROLE_" + one).toArray(String[]::new)
            : new String[] {"ROLE_" + role};
        return new TestingAuthenticationToken("somebody", "", included);
    }

    @Test
    void thePageForPeopleNamesNoOtherAddressAndNoOtherParameter() throws IOException {
        String page = Files.readString(Path.of("docs/reference/api.md"));
        List<String> unknown = new ArrayList<>();
        CALL.matcher(page).results().forEach(call -> {
            Address address = description.addresses().stream()
                .filter(one -> one.method().equals(call.group(1)) && one.pattern().matcher(call.group(2)).matches()).findFirst().orElse(null);
            Set<String> known = address == null ? Set.of()
                : description.parameters(address).stream().map(parameter -> parameter.get("name").textValue()).collect(Collectors.toSet());
            if (address == null || call.group(3) != null && !known.containsAll(PARAMETER.matcher(call.group(3)).results().map(name -> name.group(1)).toList())) {
                unknown.add(call.group());
            }
        });
        assertThat(CALL.matcher(page).results().count()).isGreaterThan(30);
        assertThat(unknown).as("calls of docs/reference/api.md that %s does not have", ApiDescription.FILE).isEmpty();
        assertThat(description.addresses()).filteredOn(address -> !address.operation().at("/tags/0").asText().equals("browser"))
            .allSatisfy(address -> assertThat(page).as("docs/reference/api.md, which lacks %s", address)
            .containsAnyOf(address.path(), ".../" + address.path().replaceFirst(".*/", ""), address.path().replace("{entity}", "items")));
    }

    /** The beans of a route read the parameters. */
    @Test
    void everyParameterThatARouteReadsIsDescribed() throws IOException {
        Map<String, String> beans = new TreeMap<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                String source = Files.readString(file);
                Pattern.compile("@Component\\(\"(\\w+)\"\\)").matcher(source).results().forEach(bean -> beans.put(bean.group(1), source));
            }
        }
        Set<String> missing = new TreeSet<>();
        int[] read = new int[1];
        for (JsonNode from : entrances()) {
            String path = from.get("uri").asText().replaceFirst("platform-http:", "").replaceFirst("\\?.*", "");
            Set<String> described = description.addresses().stream().filter(address -> address.path().equals(path))
                .flatMap(address -> description.parameters(address).stream()).map(parameter -> parameter.get("name").textValue()).collect(Collectors.toSet());
            from.findParents("ref").stream().filter(bean -> bean.has("method") && beans.containsKey(bean.get("ref").asText()))
                .flatMap(bean -> parametersOf(beans.get(bean.get("ref").asText()), bean.get("method").asText())).forEach(name -> {
                    read[0]++;
                    if (!described.contains(name)) {
                        missing.add(path + " " + name);
                    }
                });
        }
        assertThat(read[0]).isGreaterThan(30);
        assertThat(missing).as("parameters to describe in %s", ApiDescription.FILE).isEmpty();
    }

    /** @return the names of the parameters that the body of a method reads */
    private static Stream<String> parametersOf(String source, String method) {
        return Pattern.compile("(?s)\n    public [^\\n=;]*\\b" + method.replaceFirst("\\(.*", "") + "\\(.*?\n    }\n").matcher(source).results()
            .flatMap(body -> READ.matcher(body.group()).results()).map(found -> found.group(1) == null ? "limit" : found.group(1));
    }

    private static List<JsonNode> entrances() throws IOException {
        List<JsonNode> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("routes"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".camel.yaml") && !path.endsWith("sandbox.camel.yaml")).toList()) {
                new ObjectMapper().<JsonNode>valueToTree(new Yaml().load(Files.readString(file))).findValues("from").stream()
                    .filter(from -> from.path("uri").asText().startsWith("platform-http:")).forEach(found::add);
            }
        }
        return found;
    }

    private static Set<String> difference(Set<String> all, Set<String> without) {
        Set<String> left = new TreeSet<>(all);
        left.removeAll(without);
        return left;
    }

    private static Set<String> ofRoutes() throws IOException {
        Set<String> found = new TreeSet<>();
        for (JsonNode from : entrances()) {
            for (String method : from.at("/parameters/httpMethodRestrict").asText("every method").split(",")) {
                found.add(method + " " + from.get("uri").asText().replaceFirst("platform-http:", "").replaceFirst("\\?.*", ""));
            }
        }
        assertThat(found).hasSizeGreaterThan(30);
        shortNames().forEach(name -> found.add("POST " + SHORT_NAMES.replace("sync-{name}", name)));
        return found;
    }

    /** The webhook addresses that kinds declare. */
    private static Set<String> shortNames() throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.list(Path.of("routes/kinds"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".yaml")).toList()) {
                new ObjectMapper().<JsonNode>valueToTree(new Yaml().load(Files.readString(file))).findValues("webhookAddress").forEach(name -> names.add(name.textValue()));
            }
        }
        return names;
    }

    private static Set<String> ofControllers() {
        ClassPathScanningCandidateComponentProvider scan = new ClassPathScanningCandidateComponentProvider(false);
        scan.addIncludeFilter(new AnnotationTypeFilter(Controller.class));
        Set<String> found = new TreeSet<>();
        scan.findCandidateComponents("io.saddlebag").forEach(bean -> {
            Class<?> controller = ClassUtils.resolveClassName(bean.getBeanClassName(), null);
            RequestMapping above = AnnotatedElementUtils.findMergedAnnotation(controller, RequestMapping.class);
            String prefix = above == null || above.path().length == 0 ? "" : above.path()[0];
            Arrays.stream(controller.getDeclaredMethods()).map(method -> AnnotatedElementUtils.findMergedAnnotation(method, RequestMapping.class))
                .filter(Objects::nonNull).forEach(mapping -> {
                    RequestMethod[] methods = mapping.method().length == 0 ? new RequestMethod[] {RequestMethod.GET} : mapping.method();
                    for (String path : mapping.path().length == 0 ? new String[] {""} : mapping.path()) {
                        Arrays.stream(methods).forEach(method -> found.add(method + " " + (prefix + path).replaceAll("\\{(\\w+):[^}]*}", "{$1}")));
                    }
                });
        });
        assertThat(found).contains("GET /error");
        return found;
    }
}
