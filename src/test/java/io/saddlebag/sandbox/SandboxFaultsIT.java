package io.saddlebag.sandbox;

import static io.saddlebag.testkit.SandboxClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.testkit.SandboxServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SandboxFaultsIT {

    private static final String ITEMS = "/inventory/v1/items?" + SandboxClient.ORG;

    private final SandboxServer server = SandboxServer.shared();
    private final SandboxClient zoho = new SandboxClient(server.url());

    @BeforeEach
    void asAtTheStart() {
        server.reset();
        zoho.withToken();
    }

    @ParameterizedTest
    @CsvSource({"44, exceeded the maximum number of requests per minute", "45, exceeded the maximum call rate limit",
        "1070, maximum number of in process requests"})
    void eachLimitHasItsCodeAndWordsAndNoRetryAfter(int code, String words) {
        server.faults().add(Fault.limit(code).next(1));
        HttpResponse<String> answer = zoho.get("/items");
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(json(answer).get("code").intValue()).isEqualTo(code);
        assertThat(json(answer).get("message").textValue()).contains(words);
        assertThat(answer.headers().firstValue("Retry-After")).isEmpty();
        assertThat(zoho.get("/items").statusCode()).isEqualTo(200);
    }

    @Test
    void anErrorOf500AndMoreHasNoEffect() {
        server.faults().add(Fault.status(Fault.Kind.ERROR, 503).next(1));
        HttpResponse<String> answer = zoho.send("POST", ITEMS, "application/json", "{\"name\":\"x\"}");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(json(answer).get("code").intValue()).isEqualTo(1000);
        assertThat(server.catalogue().size()).isEqualTo(1319);
    }

    @Test
    void aPageForPeopleIsNoJson() {
        server.faults().add(Fault.of(Fault.Kind.HTML).next(1));
        HttpResponse<String> answer = zoho.get("/items");
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
        assertThat(answer.body()).startsWith("<!DOCTYPE html>");
    }

    @ParameterizedTest
    @CsvSource({"CUT", "DROP"})
    void aCutConnectionIsFeltByTheClientWhileTheWriteTookPlace(Fault.Kind kind) {
        server.faults().add(Fault.of(kind).next(1));
        assertThatThrownBy(() -> zoho.sendOrFail("POST", ITEMS, "application/json", "{\"name\":\"cut\"}"))
                .isInstanceOf(IOException.class);
        assertThat(server.catalogue().size()).isEqualTo(1320);
        assertThat(server.calls().list()).anyMatch(call -> call.method().equals("POST") && call.status() == 0);
        assertThat(zoho.get("/items").statusCode()).isEqualTo(200);
    }

    @Test
    void aLongAnswerIsCutInItsMiddleAfterItsStatus() throws Exception {
        server.faults().add(Fault.of(Fault.Kind.CUT).next(1));
        String got = zoho.bytes(ITEMS);
        int announced = Integer.parseInt(got.replaceAll("(?s).*\r\nContent-Length: (\\d+).*", "$1"));
        assertThat(got).startsWith("HTTP/1.1 200");
        assertThat(got.length()).isBetween(announced / 3, announced * 2 / 3);
    }

    @Test
    void truncatedJsonIsACompleteAnswerOfHalfItsBody() {
        int whole = zoho.get("/items").body().length();
        server.faults().add(Fault.of(Fault.Kind.TRUNCATE).next(1));
        HttpResponse<String> answer = zoho.get("/items");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body().length()).isBetween(whole / 3, whole * 2 / 3);
        assertThatThrownBy(() -> json(answer)).isInstanceOf(AssertionError.class);
    }

    @Test
    void tokensCanDieInTheMiddleOfARun() {
        server.faults().add(Fault.of(Fault.Kind.DEAD_TOKENS).on("[?&]page=3(&|$)").next(1));
        assertThat(zoho.get("/items?page=1").statusCode()).isEqualTo(200);
        assertThat(zoho.get("/items?page=3").statusCode()).isEqualTo(401);
        assertThat(zoho.withToken().get("/items?page=3").statusCode()).isEqualTo(200);
    }

    @Test
    void anAnswerCanBeHeldBack() {
        server.faults().add(Fault.latency(600).next(1));
        long before = System.nanoTime();
        assertThat(zoho.get("/items").statusCode()).isEqualTo(200);
        assertThat(System.nanoTime() - before).isGreaterThan(600_000_000L);
        assertThat(server.calls().list().get(1).ms()).isGreaterThanOrEqualTo(600);
    }

    @Test
    void aFaultHitsEveryThirdCallThatMatches() {
        zoho.control("POST", "/faults", "{\"kind\":\"error\",\"status\":500,\"every\":3,\"match\":\"/items\\\\?\"}");
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            zoho.get("/itemdetails?item_ids=1");
            statuses.add(zoho.get("/items?per_page=1").statusCode());
        }
        assertThat(statuses).containsExactly(200, 200, 500, 200, 200, 500, 200);
    }

    @Test
    void chanceHitsSomeCallsAndTheSameOnesAfterAReset() {
        List<Integer> first = luck();
        asAtTheStart();
        assertThat(first).contains(200, 500).isEqualTo(luck());
    }

    private List<Integer> luck() {
        zoho.control("POST", "/faults", "{\"kind\":\"error\",\"probability\":0.5}");
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            statuses.add(zoho.get("/items?per_page=1").statusCode());
        }
        return statuses;
    }

    @Test
    void severalFaultsStandUntilTheyAreTakenBack() {
        server.faults().add(Fault.limit(44));
        server.faults().add(Fault.latency(1).next(2));
        zoho.get("/items");
        assertThat(server.faults().list()).hasSize(2);
        zoho.get("/items");
        assertThat(server.faults().list()).containsExactly(Fault.limit(44));
        zoho.control("DELETE", "/faults", "");
        assertThat(zoho.get("/items").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"{}", "{\"kind\":\"earthquake\"}", "{\"kind\":\"error\";\"count\":0}", "{\"kind\":\"latency\"}",
        "{\"kind\":\"error\";\"match\":\"(\"}", "{\"kind\":\"error\";\"sttus\":500}", "nothing"})
    void aFaultThatMeansNothingIsRefusedWithTheReason(String body) {
        HttpResponse<String> answer = zoho.control("POST", "/faults", body.replace(';', ','));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).get("detail").textValue()).isNotBlank();
        assertThat(server.faults().list()).isEmpty();
    }
}
