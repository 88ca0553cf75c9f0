package io.saddlebag.livereload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.api.management.ManagedCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Of a file of several routes only the changed ones are swapped, and all of them or none. */
class LiveFlowIT extends LiveEditingTestBase {

    private static final String FILE = "flow.camel.yaml";
    private static final String CAUGHT = "caught.camel.yaml";
    private static final String OTHER = "a-part/other-flow.camel.yaml";

    @Autowired LiveApplication.Gate gate;

    @AfterEach
    void bringTheFlowBack() {
        FOLDER.deleteIfThere(OTHER);
        FOLDER.deleteIfThere(CAUGHT);
        FOLDER.save(FILE, flow("old"));
    }

    @Test
    void anUnchangedRouteOfTheFileKeepsItsStatisticsAndItsExchangeInFlight() throws Exception {
        gate.close();
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> ask("flow-busy"));
        await().until(() -> camel.getInflightRepository().size("flow-busy") == 1);
        ask("flow-entrance");
        long exchanges = exchanges("flow-entrance");
        FOLDER.save(FILE, "# A longer comment than before.\n\n" + flow("new"));
        await().untilAsserted(() -> assertThat(ask("flow-greet")).isEqualTo("new"));
        assertUntouched("flow-greet");
        await().untilAsserted(() -> assertThat(report.getWaiting()).isEmpty());
        assertThat(exchanges("flow-entrance")).isEqualTo(exchanges).isPositive();
        assertThat(camel.getInflightRepository().size("flow-busy")).isOne();
        gate.open();
        assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("old");
    }

    @Test
    void aChangedCommentSwapsNothing() {
        FOLDER.save(FILE, flow("old").replace("- route:", "\n# Says more.\n- route: # and here"));
        FOLDER.saveAnswer("greet", "after the comment");
        await().untilAsserted(() -> assertThat(ask("greet")).isEqualTo("after the comment"));
        assertThat(report.getTakenOver()).contains("Taken over " + FOLDER.path(FILE));
        assertUntouched("greet");
    }

    @Test
    void changedRoutesOfAFileWaitForEachOther() throws Exception {
        gate.close();
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> ask("flow-busy"));
        await().until(() -> camel.getInflightRepository().size("flow-busy") == 1);
        FOLDER.save(FILE, flow("new").replace("- bean", "- log: changed too\n        - bean"));
        await().untilAsserted(() -> assertThat(report.getWaiting()).containsExactly(FOLDER.path(FILE).toString()));
        assertThat(ask("flow-entrance")).isEqualTo("old");
        assertUntouched();
        gate.open();
        assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("old");
        await().untilAsserted(() -> assertThat(ask("flow-entrance")).isEqualTo("new"));
        assertUntouched("flow-greet", "flow-busy");
    }

    @Test
    void aRouteThatDoesNotStartHasTheOthersOfItsFilePutBack() {
        FOLDER.save(FILE, flow("new").replace("    id: flow-busy\n", "    id: flow-busy\n    startupOrder: 77\n"));
        await().untilAsserted(() -> assertThat(report.getRefused()).anySatisfy(refused ->
            assertThat(refused).startsWith(FOLDER.path(FILE) + ":").contains("startup order clash")));
        assertThat(ask("flow-entrance")).isEqualTo("old");
        assertThat(ask("flow-busy")).isEqualTo("old");
        assertUntouched("flow-greet", "flow-busy");
    }

    @Test
    void aRouteThatNobodyCallsIsRemovedWithItsTextAndTheOthersGoOn() {
        FOLDER.save(FILE, flow("old").replaceAll("(?s)- route:\n    id: flow-busy.*", ""));
        await().untilAsserted(() -> assertThat(camel.getRoute("flow-busy")).isNull());
        assertUntouched("flow-busy");
        assertThat(report.getRefused()).isEmpty();
    }

    @Test
    void aRouteThatOthersOfItsFileCallIsNotRemoved() {
        FOLDER.save(FILE, without("flow-greet"));
        refusedAt(FILE, 8, "no route is called direct:flow-greet");
        assertThat(ask("flow-entrance")).isEqualTo("old");
    }

    @Test
    void aRouteMovesToAnotherFileWithoutARestart() {
        FOLDER.save(OTHER, "# Moved here.\n" + answer("flow-greet", "old"));
        awaitRefused(OTHER, 3, "the id flow-greet is also that of a route of " + FOLDER.path(FILE));
        FOLDER.save(FILE, without("flow-greet"));
        await().untilAsserted(() -> assertThat(report.getTakenOver()).contains("Taken over " + FOLDER.path(OTHER)));
        assertThat(report.getRefused()).isEmpty();
        assertUntouched();
        FOLDER.save(OTHER, answer("flow-greet", "new"));
        await().untilAsserted(() -> assertThat(ask("flow-entrance")).isEqualTo("new"));
        FOLDER.delete(OTHER);
        refusedAt(FILE, 8, "no route is called direct:flow-greet", "flow-greet");
        FOLDER.save(FILE, flow("new"));
        await().untilAsserted(() -> assertThat(report.getRefused()).isEmpty());
        assertUntouched("flow-greet");
        assertThat(ask("flow-entrance")).isEqualTo("new");
    }

    @Test
    void filesBetweenWhichARouteMovesAreTakenTogetherOrNotAtAll() {
        FOLDER.save(FILE, without("flow-greet").replace("flow-entrance", "flow-way-in"));
        FOLDER.save(OTHER, answer("flow-greet", "new") + LiveFolder.route("flow-bad", "direct:flow-bad", "        - to: direct:nobody\n"));
        awaitRefused(OTHER, 14, "no route is called direct:nobody");
        awaitRefused(FILE, 1, "a route moves between this file and " + FOLDER.path(OTHER) + ", which is refused");
        assertThat(ask("flow-entrance")).isEqualTo("old");
        assertUntouched();
    }

    @Test
    void aChangedOnExceptionSwapsTheRoutesItReaches() {
        FOLDER.save(CAUGHT, caught("old"));
        await().untilAsserted(() -> assertThat(camel.getRoute("caught")).isNotNull());
        assertThat(ask("caught")).isEqualTo("old");
        before = running();
        FOLDER.save(CAUGHT, caught("new"));
        await().untilAsserted(() -> assertThat(ask("caught")).isEqualTo("new"));
        assertUntouched("caught");
    }

    private long exchanges(String id) throws Exception {
        return camel.getCamelContextExtension().getContextPlugin(ManagedCamelContext.class).getManagedRoute(id).getExchangesTotal();
    }

    private static String without(String id) {
        return flow("old").replaceAll("(?s)- route:\n    id: " + id + "\n.*?(?=- route:)", "");
    }

    private static String answer(String id, String text) {
        return LiveFolder.route(id, "direct:" + id, "        - setBody: {constant: \"" + text + "\"}\n");
    }

    private static String caught(String text) {
        return """
            - onException:
                exception: [java.lang.IllegalStateException]
                handled: {constant: "true"}
                steps: [{setBody: {constant: "%s"}}]
            """.formatted(text)
            + LiveFolder.route("caught", "direct:caught", "        - to: direct:caught-inner\n")
                .replace("    from:", "    errorHandler: {defaultErrorHandler: {}}\n    from:")
            + LiveFolder.route("caught-inner", "direct:caught-inner",
                "        - throwException: {exceptionType: java.lang.IllegalStateException, message: no}\n");
    }
}
