package io.saddlebag;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which package may use which. Each package says so in its package-info.java; what no package may change stands here. */
class ArchitectureTest {

    private static final String ROOT = "io.saddlebag";
    private static final int MOST_CLASSES = 35;
    private static final Pattern MAY_USE = Pattern.compile("May use (.*?)\\.(?=\\s|$)");
    private static final Pattern NAME = Pattern.compile("\\{@code ([a-z.]+)}");

    private static final JavaClasses MAIN = new ClassFileImporter().importPath(Path.of("target/classes/io/saddlebag"));
    private static final JavaClasses TESTS = new ClassFileImporter().withImportOption(ArchitectureTest::isOurs)
        .importPath(Path.of("target/test-classes/io/saddlebag"));

    private static boolean isOurs(Location location) {
        return location.contains("/io/saddlebag/");
    }

    static Stream<String> packages() {
        return MAIN.stream().map(JavaClass::getPackageName).filter(name -> !name.equals(ROOT)).distinct().sorted();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void aPackageUsesWhatItsPackageInfoNames(String user) throws IOException {
        List<String> allowed = Stream.concat(Stream.of(user), mayUse(user)).toList();
        classes().that().resideInAPackage(user).should().onlyDependOnClassesThat(
                describe("are in " + allowed, used -> !used.getPackageName().startsWith(ROOT) || allowed.contains(used.getPackageName())))
            .because("a package uses only those that its package-info.java names after \"May use\". Move the class to where it is needed or pass"
                + " the value as a parameter; name a further package there only if that one needs nothing of this one")
            .check(MAIN);
    }

    /** @return the packages that follow "May use" in package-info.java; a name is first looked for beside the package, then at the top */
    private static Stream<String> mayUse(String user) throws IOException {
        Path file = Path.of("src/main/java", user.replace('.', '/'), "package-info.java");
        assertThat(file).as("Write " + file + ": what the package is for, then \"May use {@code common}.\" or"
            + " \"Uses no other package of the application.\"").exists();
        String text = Files.readString(file).replaceAll("\\s*\\n \\*\\s*", " ");
        Stream<String> subpackages = text.contains("May use its subpackages") ? packages().filter(name -> name.startsWith(user + ".")) : Stream.of();
        String parent = user.substring(0, user.lastIndexOf('.') + 1);
        List<String> known = packages().toList();
        return Stream.concat(subpackages, MAY_USE.matcher(text).results().map(MatchResult::group)
            .flatMap(sentence -> NAME.matcher(sentence).results()).map(name -> name.group(1)).map(name -> {
                String used = known.contains(parent + name) ? parent + name : ROOT + "." + name;
                assertThat(known).as(file + " names a package that is not there").contains(used);
                return used;
            }));
    }

    @Test
    void zohoAndTheSinksNeedNothingOfWhoCallsThem() {
        noClasses().that().resideInAnyPackage(under("zoho", "sink", "kinds", "database", "http", "problem", "common"))
            .should().dependOnClassesThat(resideInAnyPackage(under("pull", "webhook", "images", "organisations", "connect", "registration", "security",
                "livereload", "api", "health", "check")))
            .because("pull, webhooks and pictures share the client of Zoho, the kinds and the sinks. What these need of a caller they get as a"
                + " parameter or a variable of the exchange")
            .check(MAIN);
    }

    @Test
    void nothingNeedsTheApi() {
        for (String room : List.of("api", "health", "check")) {
            noClasses().that(resideInAPackage(ROOT + "..").and(describe("are neither Saddlebag nor in " + room,
                    user -> !user.getPackageName().equals(ROOT) && !user.getPackageName().equals(ROOT + "." + room))))
                .should().dependOnClassesThat(resideInAnyPackage(under(room)))
                .because("api, health and check look at all other packages. Move what another package needs of them into a package below both")
                .check(MAIN);
        }
    }

    @Test
    void nothingNeedsTheSandbox() {
        noClasses().that().resideOutsideOfPackages(under("sandbox")).should().dependOnClassesThat(resideInAnyPackage(under("sandbox")))
            .because("the sandbox stands for Zoho, and is spoken to by HTTP alone. Call its address instead").check(MAIN);
        noClasses().that().resideInAnyPackage(under("sandbox")).should().dependOnClassesThat(
                resideInAPackage(ROOT + "..").and(describe("are neither in sandbox nor in http",
                    used -> !used.getPackageName().equals(ROOT + ".http") && !used.getPackageName().startsWith(ROOT + ".sandbox"))))
            .because("the sandbox also starts without the copy: only it and http are scanned then. Write what it needs anew, as Zoho's own code would be")
            .check(MAIN);
    }

    @Test
    void noTwoPackagesNeedEachOther() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles()
            .because("of two packages that need each other neither can be read alone. Move the class that both need into one below them").check(MAIN);
    }

    @Test
    void aPackageFitsOnAScreen() {
        Map<String, Long> sizes = MAIN.stream().filter(type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
            .collect(Collectors.groupingBy(JavaClass::getPackageName, TreeMap::new, Collectors.counting()));

        assertThat(sizes).as("Move the classes of one matter into a package of their own").allSatisfy((name, size) ->
            assertThat(size).as("classes in " + name).isLessThanOrEqualTo(MOST_CLASSES));
    }

    @Test
    void theTestKitNeedsNoTest() {
        classes().that().resideInAPackage(ROOT + ".testkit..").should().onlyDependOnClassesThat(
                describe("are no tests, or in testkit", used -> used.getPackageName().startsWith(ROOT + ".testkit") || !TESTS.contain(used.getName())))
            .because("testkit is what tests of several packages share. Move the helper that it needs into testkit").check(TESTS);
        noClasses().should().resideInAPackage(ROOT + ".testkit..").because("testkit is for tests. Move the class to src/test/java").check(MAIN);
    }

    private static String[] under(String... names) {
        return Stream.of(names).map(name -> ROOT + "." + name + "..").toArray(String[]::new);
    }
}
