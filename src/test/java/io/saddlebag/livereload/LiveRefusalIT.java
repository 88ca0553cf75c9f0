package io.saddlebag.livereload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.model.Model;
import org.junit.jupiter.api.Test;

/**
 * A save that cannot run is refused with file, line and reason, and costs no running route anything: each case in which
 * Camel's own reload loses routes.
 */
class LiveRefusalIT extends LiveEditingTestBase {

    @Test
    void aSyntaxErrorIsRefusedWithItsLine() {
        FOLDER.save("greet.camel.yaml", """
            - route:
                id: greet
                  description: wrong indent
            """);
        refusedAt("greet.camel.yaml", 3, "is not YAML");
    }

    @Test
    void anUnknownComponentIsRefused() {
        refusedStep(8, "nosuch", "        - log: hello\n        - to: nosuch:thing\n");
    }

    @Test
    void anUnknownOptionIsRefused() {
        refusedStep(7, "Unknown parameters=[{shwAll=true}]", "        - to: {uri: \"log:x\", parameters: {shwAll: true}}\n");
    }

    @Test
    void anUnknownBeanIsRefused() {
        refusedStep(7, "No bean could be found in the registry for: nobody", "        - bean: {ref: nobody, method: go}\n");
    }

    @Test
    void anUnknownSettingIsRefused() {
        refusedStep(7, "Property with key [saddlebag.nowhere] not found", "        - log: \"{{saddlebag.nowhere}}\"\n");
    }

    @Test
    void aBadSecondRouteHasTheWholeFileRefused() {
        String first = LiveFolder.route("greet", "direct:greet", "        - setBody: {constant: new}\n");
        FOLDER.save("greet.camel.yaml", first + LiveFolder.route("second", "direct:second", "        - log: hello\n        - to: nosuch:thing\n"));
        refusedAt("greet.camel.yaml", 15, "nosuch");
        FOLDER.save("greet.camel.yaml", first + LiveFolder.route("second", "direct:second", "        - to: direct:nobody\n"));
        refusedAt("greet.camel.yaml", 14, "no route is called direct:nobody");
        assertThat(camel.getRoute("second")).isNull();
    }

    @Test
    void aStepThatStandsInTwoRoutesIsToldWithTheLineOfTheBadOne() {
        String step = "        - to: {uri: \"log:x\", parameters: {showAll: \"{{saddlebag.show:%s}}\"}}\n";
        FOLDER.save("greet.camel.yaml", LiveFolder.route("greet", "direct:greet", step.formatted("true"))
            + LiveFolder.route("second", "direct:second", step.formatted("maybe")));
        refusedAt("greet.camel.yaml", 14, "showAll");
    }

    @Test
    void aRouteThatIsCalledByAnotherNameThanItsIdIsRefused() {
        FOLDER.save("greet.camel.yaml", LiveFolder.route("welcome", "direct:greet", "        - log: one\n"));
        refusedAt("greet.camel.yaml", 5, "direct:greet is not the route's id, welcome");
    }

    @Test
    void aRouteThatVanishesFromItsFileWhileOthersCallItGoesOn() {
        FOLDER.save("called.camel.yaml", LiveFolder.route("elsewhere", "direct:elsewhere", "        - log: x\n"));
        refusedAt("caller.camel.yaml", 7, "no route is called direct:called");
        assertThat(ask("caller")).isEqualTo("old");
        assertThat(camel.getRoute("elsewhere")).isNull();
        FOLDER.saveAnswer("called", "old");
    }

    @Test
    void aFileWithATemplateOnlyIsRefused() {
        FOLDER.save("greet.camel.yaml", """
            - routeTemplate:
                id: greet
                route:
                  from: {uri: "direct:greet", steps: [{log: hello}]}
            """);
        refusedAt("greet.camel.yaml", 1, "routeTemplate does not belong here");
    }

    @Test
    void theIdOfAnotherFileIsRefused() {
        FOLDER.save("again/other.camel.yaml",
            LiveFolder.route("other", "direct:other", "        - setBody: {constant: stolen}\n"));
        refusedAt("again/other.camel.yaml", 2, "the id other is also that of");
        assertThat(ask("other")).isEqualTo("old");
        FOLDER.delete("again/other.camel.yaml");
    }

    @Test
    void aFileThatIsEmptyForAMomentCostsNothing() {
        FOLDER.save("greet.camel.yaml", "");
        refusedAt("greet.camel.yaml", 1, "is empty");
        FOLDER.saveAnswer("greet", "written twice");
        await().untilAsserted(() -> assertThat(ask("greet")).isEqualTo("written twice"));
    }

    @Test
    void aRouteThatLoadsButDoesNotStartIsPutBack() {
        String taken = LiveFolder.route("clash", "direct:clash", "        - log: x\n")
            .replace("    from:", "    startupOrder: 77\n    from:");
        FOLDER.save("clash.camel.yaml", taken);
        await().untilAsserted(() -> assertThat(report.getRefused()).anySatisfy(refused ->
            assertThat(refused).startsWith(FOLDER.path("clash.camel.yaml") + ":").contains("startup order clash")));
        assertThat(ask("clash")).isEqualTo("old");
        assertUntouched("clash");
        FOLDER.saveAnswer("clash", "old");
    }

    @Test
    void aNewRouteThatDoesNotStartLeavesNothingBehind() {
        FOLDER.save("late.camel.yaml", LiveFolder.route("late", "direct:late", "        - log: x\n")
            .replace("    from:", "    startupOrder: 77\n    from:"));
        awaitRefused("late.camel.yaml", 4, "startup order clash");
        assertThat(camel.getRoute("late")).isNull();
        assertThat(camel.getCamelContextExtension().getContextPlugin(Model.class).getRouteDefinition("late")).isNull();
        assertUntouched();
        FOLDER.saveAnswer("late", "at last");
        await().untilAsserted(() -> assertThat(camel.getRoute("late")).isNotNull());
        assertThat(ask("late")).isEqualTo("at last");
    }

    @Test
    void aDeletedRouteThatOthersCallGoesOn() {
        FOLDER.delete("called.camel.yaml");
        refusedAt("caller.camel.yaml", 7, "no route is called direct:called");
        assertThat(ask("caller")).isEqualTo("old");
        FOLDER.saveAnswer("called", "old");
    }

    @Test
    void aRouteFileThatWouldNotBeLoadedAtAStartIsNotLoadedLater() {
        FOLDER.save("sandbox/fake.camel.yaml", LiveFolder.route("fake", "direct:fake", "        - log: x\n"));
        FOLDER.saveAnswer("greet", "after the sandbox file");
        await().untilAsserted(() -> assertThat(ask("greet")).isEqualTo("after the sandbox file"));
        assertThat(camel.getRoute("fake")).isNull();
    }

    @Test
    void aFolderThatIsNotThereForAWhileCostsNothing() throws IOException {
        Path elsewhere = FOLDER.root().resolveSibling(FOLDER.root().getFileName() + "-unmounted");
        Files.move(FOLDER.root(), elsewhere);
        try {
            await().untilAsserted(() -> assertThat(report.getHeld()).contains("route files are gone at once", "restart Saddlebag"));
            assertThat(ask("greet")).isEqualTo("old");
            assertUntouched();
        } finally {
            Files.move(elsewhere, FOLDER.root());
        }
        await().untilAsserted(() -> assertThat(report.getHeld()).isEmpty());
        assertUntouched();
    }

    @Test
    void neitherDoesACheckoutThatIsHalfDone() throws IOException {
        Map<Path, String> taken = new LinkedHashMap<>();
        for (String id : List.of("other", "stopped", "suspended", "called", "clash", "caller", "busy", "fails", "web", "ask", "ask-any")) {
            Path file = FOLDER.path(id + ".camel.yaml");
            taken.put(file, Files.readString(file));
        }
        FOLDER.saveAnswer("greet", "new");
        await().untilAsserted(() -> assertThat(ask("greet")).isEqualTo("new"));
        before = running();
        for (Path file : taken.keySet()) {
            Files.delete(file);
        }
        await().untilAsserted(() -> assertThat(report.getHeld()).contains(taken.size() + " of "));
        FOLDER.saveAnswer("greet", "newest");
        assertUntouched();
        for (Map.Entry<Path, String> file : taken.entrySet()) {
            Files.writeString(file.getKey(), file.getValue());
        }
        await().untilAsserted(() -> assertThat(ask("greet")).isEqualTo("newest"));
        assertThat(report.getHeld()).isEmpty();
        assertUntouched("greet");
    }

    private void refusedStep(int line, String reason, String steps) {
        FOLDER.saveRoute("greet", "direct:greet", steps);
        refusedAt("greet.camel.yaml", line, reason);
    }
}
