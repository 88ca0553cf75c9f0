package io.saddlebag.livereload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.apache.camel.ServiceStatus;
import org.apache.camel.model.Model;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.client.TestRestTemplate;

/** A good save is in force without a restart, and what an operator or an exchange in flight needs is kept. */
class LiveSwapIT extends LiveEditingTestBase {

    @Autowired TestRestTemplate http;
    @Autowired LiveApplication.Gate gate;
    @Autowired LiveEditing editing;
    @Autowired LiveEditingWatch watch;

    @Test
    void aGoodChangeIsInForceWithoutARestart() {
        FOLDER.saveAnswer("greet", "new");
        await().untilAsserted(() -> assertThat(ask("greet")).isEqualTo("new"));
        assertUntouched("greet");
    }

    @Test
    void aNewFileIsANewRouteAndADeletedOneIsNone() {
        FOLDER.save("fresh/newcomer.camel.yaml",
            LiveFolder.route("newcomer", "direct:newcomer", "        - setBody: {constant: here}\n"));
        await().untilAsserted(() -> assertThat(camel.getRoute("newcomer")).isNotNull());
        assertThat(ask("newcomer")).isEqualTo("here");
        FOLDER.delete("fresh/newcomer.camel.yaml");
        await().untilAsserted(() -> assertThat(camel.getRoute("newcomer")).isNull());
        assertUntouched();
    }

    @Test
    void aFileThatAnEditorDeletesAndWritesAnewIsTheSameRoute() throws Exception {
        watch.stop(); // the looks are the test's
        try {
            String text = Files.readString(FOLDER.path("called.camel.yaml"));
            FOLDER.delete("called.camel.yaml");
            editing.look(true);
            assertThat(editing.isWaiting()).as("it looks again although nothing else changes").isTrue();
            FOLDER.save("called.camel.yaml", text);
            editing.look(true);
            assertThat(editing.isWaiting()).isFalse();
            assertUntouched();

            FOLDER.delete("other.camel.yaml");
            editing.look(true);
            assertUntouched();
            editing.look(true);
            assertThat(camel.getRoute("other")).as("missing twice").isNull();
            FOLDER.saveAnswer("other", "old");
            editing.look(true);
            assertUntouched("other");
        } finally {
            watch.start();
        }
    }

    @Test
    void aFileThatMovesIsTheSameRoute() {
        FOLDER.save("elsewhere/called.camel.yaml",
            LiveFolder.route("called", "direct:called", "        - setBody: {constant: old}\n"));
        FOLDER.delete("called.camel.yaml");
        FOLDER.save("elsewhere/called.camel.yaml",
            LiveFolder.route("called", "direct:called", "        - setBody: {constant: moved}\n"));
        await().untilAsserted(() -> assertThat(ask("caller")).isEqualTo("moved"));
        FOLDER.delete("elsewhere/called.camel.yaml");
        FOLDER.saveAnswer("called", "old");
        await().untilAsserted(() -> assertThat(ask("caller")).isEqualTo("old"));
        assertUntouched("called");
    }

    @Test
    void filesThatNeedEachOtherAreTakenTogether() {
        FOLDER.saveRoute("a-first", "direct:a-first", "        - to: direct:z-last\n");
        FOLDER.saveAnswer("z-last", "found");
        await().untilAsserted(() -> assertThat(camel.getRoute("a-first")).isNotNull());
        assertThat(ask("a-first")).isEqualTo("found");
        FOLDER.delete("a-first.camel.yaml");
        FOLDER.delete("z-last.camel.yaml");
        await().untilAsserted(() -> assertThat(camel.getRoute("z-last")).isNull());
        assertUntouched();
    }

    @Test
    void aRouteThatAnOperatorStoppedOrSuspendedStaysSo() throws Exception {
        camel.getRouteController().stopRoute("stopped");
        camel.getRouteController().suspendRoute("suspended");
        FOLDER.saveAnswer("stopped", "new");
        FOLDER.saveAnswer("suspended", "new");
        await().untilAsserted(() -> { // while Camel replaces a route, it has none of this id
            assertThat(camel.getRoute("stopped")).isNotNull().isNotSameAs(before.get("stopped"));
            assertThat(camel.getRouteController().getRouteStatus("stopped")).isEqualTo(ServiceStatus.Stopped);
            assertThat(camel.getRoute("suspended")).isNotNull().isNotSameAs(before.get("suspended"));
            assertThat(camel.getRouteController().getRouteStatus("suspended")).isEqualTo(ServiceStatus.Suspended);
        });
        camel.getRouteController().startRoute("stopped");
        camel.getRouteController().resumeRoute("suspended");
        assertThat(ask("stopped")).isEqualTo("new");
        assertThat(ask("suspended")).isEqualTo("new");
    }

    @Test
    void anExchangeInFlightEndsOnTheOldRouteFirst() throws Exception {
        gate.close();
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> ask("busy"));
        await().until(() -> camel.getInflightRepository().size("busy") == 1);
        FOLDER.saveAnswer("busy", "new");
        await().untilAsserted(() -> assertThat(report.getWaiting()).containsExactly(FOLDER.path("busy.camel.yaml").toString()));
        assertThat(camel.getRouteController().getRouteStatus("busy")).isEqualTo(ServiceStatus.Started);
        gate.open();
        assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("old");
        await().untilAsserted(() -> assertThat(ask("busy")).isEqualTo("new"));
        await().untilAsserted(() -> assertThat(report.getWaiting()).isEmpty()); // the route is there a moment before the report
    }

    @Test
    void aChangeThatWaitsIsForgottenWhenItsFileIsDeleted() throws Exception {
        String file = FOLDER.path("leaving.camel.yaml").toString();
        FOLDER.saveRoute("leaving", "direct:leaving", "        - bean: {ref: gate, method: pass}\n        - setBody: {constant: old}\n");
        await().untilAsserted(() -> assertThat(camel.getRoute("leaving")).isNotNull());
        gate.close();
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> ask("leaving"));
        await().until(() -> camel.getInflightRepository().size("leaving") == 1);
        FOLDER.saveAnswer("leaving", "never in force");
        await().untilAsserted(() -> assertThat(report.getWaiting()).containsExactly(file));
        FOLDER.delete("leaving.camel.yaml");
        gate.open();
        assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("old");
        await().untilAsserted(() -> assertThat(camel.getRoute("leaving")).isNull());
        await().untilAsserted(() -> assertThat(report.getWaiting()).isEmpty());
        await().untilAsserted(() -> assertThat(Stream.of(report.getTakenOver()).filter(line -> line.endsWith(file)))
            .as("the first save, and no other before the end").containsExactly("Removed " + file, "Taken over " + file));
    }

    @Test
    void theGlobalErrorHandlerChangesForEveryRoute() {
        assertThat(http.getForObject("/fails", String.class)).isEqualTo("sorry");
        FOLDER.save(COMMON, handler("pardon"));
        await().untilAsserted(() -> assertThat(http.getForObject("/fails", String.class)).isEqualTo("pardon"));
        FOLDER.save(COMMON, handler("sorry").replace("setBody", "setBodi"));
        awaitRefused(COMMON, 9, "Camel does not know setBodi");
        assertThat(http.getForObject("/fails", String.class)).isEqualTo("pardon");
        assertThat(camel.getCamelContextExtension().getContextPlugin(Model.class).getRouteConfigurationDefinitions()).hasSize(2);
        FOLDER.save(COMMON, handler("sorry"));
        await().untilAsserted(() -> assertThat(http.getForObject("/fails", String.class)).isEqualTo("sorry"));
    }

    @Test
    void anHttpAddressAnswersAnewAndKeepsAnsweringWhenItsFileIsBad() {
        assertThat(http.getForObject("/web", String.class)).isEqualTo("old");
        FOLDER.saveRoute("web", "platform-http:/web?httpMethodRestrict=GET", page("new"));
        await().untilAsserted(() -> assertThat(http.getForObject("/web", String.class)).isEqualTo("new"));
        FOLDER.saveRoute("web", "platform-http:/web?httpMethodRestrict=GET", page("bad").replace("*", "*\", nosuch: \"1"));
        awaitRefused("web.camel.yaml", 9, "Camel does not know nosuch");
        assertThat(http.getForObject("/web", String.class)).isEqualTo("new");
        FOLDER.saveRoute("web", "platform-http:/web?httpMethodRestrict=GET", page("old"));
        await().untilAsserted(() -> assertThat(http.getForObject("/web", String.class)).isEqualTo("old"));
    }

    @Test
    void jmxTellsWhatIsRefusedAndWhatWasTakenOver() throws Exception {
        ObjectName name = new ObjectName("io.saddlebag:type=LiveEditing");
        FOLDER.saveAnswer("greet", "by jmx");
        await().untilAsserted(() -> assertThat((String[]) ManagementFactory.getPlatformMBeanServer().getAttribute(name, "TakenOver"))
            .contains("Taken over " + FOLDER.path("greet.camel.yaml")));
        FOLDER.save("greet.camel.yaml", "");
        await().untilAsserted(() -> assertThat((String[]) ManagementFactory.getPlatformMBeanServer().getAttribute(name, "Refused"))
            .containsExactly(FOLDER.path("greet.camel.yaml") + ":1: is empty; a route file holds one flow, 1 to 12 routes"));
        assertThat((String[]) ManagementFactory.getPlatformMBeanServer().getAttribute(name, "Waiting")).isEmpty();
    }
}
