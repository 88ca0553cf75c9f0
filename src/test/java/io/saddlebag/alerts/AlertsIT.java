package io.saddlebag.alerts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.testkit.Browser;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import io.saddlebag.zoho.ZohoCircuits;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.internet.MimeMessage;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quartz.Scheduler;

/** People hear of each problem once when it begins and once when it is over, by HTTP and by e-mail, whatever a channel does meanwhile. */
@Tag("sql")
class AlertsIT {

    private static final String RUN = SaddlebagServer.ORG + ".run.";
    private static final byte[] KEY = "a key of twenty-four byte".getBytes(UTF_8);
    private static final SandboxServer ZOHO = SandboxServer.shared();

    private static Receiver receiver;
    private static GreenMail mail;
    private static MailGate gate;
    private static SaddlebagServer saddlebag;
    private static SaddlebagServer replica;

    @BeforeAll
    static void start() throws Exception {
        ZOHO.reset();
        receiver = new Receiver();
        mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.start();
        mail.setUser("ops@example.com", "saddlebag@example.com", "mail/pass+word");
        mail.setUser("boss@example.com", "boss@example.com", "x");
        gate = new MailGate(mail.getSmtp().getPort());
        String url = TestDatabase.migrated();
        saddlebag = replica(url);
        replica = replica(url);
    }

    private static SaddlebagServer replica(String url) {
        return SaddlebagServer.start(ZOHO, "--DATABASE_URL=" + url, "--saddlebag.alerts.every=150ms", "--saddlebag.gauges-every=1s", "--zoho.circuit.calls=4", "--saddlebag.alerts.send-every=100ms",
            "--saddlebag.alerts.first-pause=200ms", "--saddlebag.alerts.longest-pause=400ms", "--saddlebag.alerts.webhook=" + receiver.url("/hook/secret-path?sig=a%2Bb"),
            "--saddlebag.alerts.webhook-secret=whsec_" + Base64.getEncoder().encodeToString(KEY), "--saddlebag.alerts.email=ops@example.com,boss@example.com",
            "--saddlebag.alerts.smtp-url=smtp://saddlebag%40example.com:mail%2Fpass%2Bword@127.0.0.1:" + gate.port(),
            "--saddlebag.public-url=https://saddlebag.example.com");
    }

    @AfterAll
    static void stop() throws Exception {
        saddlebag.close();
        replica.close();
        gate.close();
        mail.stop();
        receiver.close();
    }

    @BeforeEach
    void asNew() throws Exception {
        receiver.answers(200);
        gate.open();
        update("TRUNCATE sync_runs CASCADE");
        await().until(() -> count("alerts WHERE state = 'firing'") == 0);
        update("DELETE FROM alerts");
        await().until(() -> count("alert_messages WHERE sent_at IS NULL AND given_up_at IS NULL") == 0); // also those on their way
        update("DELETE FROM alert_messages");
        update("UPDATE alert_watch SET gathered_at = '-infinity'");
        receiver.forget();
        mail.purgeEmailFromAllMailboxes();
    }

    @Test
    void oneChannelIsTestedAlone() throws Exception {
        Browser browser = new Browser(saddlebag);
        browser.press(browser.page("/alerts").select("#channels tr:has(th:contains(webhook)) form:has(button:contains(Test webhook))").first());

        assertThat(browser.page("/alerts").select(".said.good").text()).isEqualTo("The test message was delivered through webhook");
        assertThat(receiver.texts()).hasSize(1);
        assertThat(mailSubjects()).isEmpty();
        HttpResponse<String> none = saddlebag.call("POST", "/api/alerts/test?channel=pigeon");
        assertThat(none.statusCode()).isEqualTo(400);
        assertThat(none.body()).contains("channel");
        assertThat(count("alert_messages WHERE kind = 'test'")).isEqualTo(1);
    }

    /** One of the two watches. What the other one meets counts as well. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anOpenCircuitOfEachProcessIsAProblemThatIsToldOnce(boolean first) throws Exception {
        SaddlebagServer held = first ? saddlebag : replica;
        SaddlebagServer other = first ? replica : saddlebag;
        String process = held.bean(Scheduler.class).getSchedulerInstanceId();
        ZOHO.faults().add(Fault.status(Fault.Kind.ERROR, 500));
        try {
            await().until(() -> held.call("POST", "/api/sync/items/6000000000010000001").statusCode() > 0 && circuit(held).equals("OPEN"));
            await().untilAsserted(() -> assertThat(receiver.texts()).singleElement().asString().contains("Zoho failed repeatedly", "the process " + process + " holds its calls back"));
            assertThat(circuit(other)).isEqualTo("CLOSED");
            await().untilAsserted(() -> assertThat(organisation(other).get("circuitOpenIn")).extracting(JsonNode::asText).containsExactly(process));
            assertThat(organisation(other).get("circuit").asText()).isEqualTo("CLOSED");
            assertThat(new Browser(other).page("/system").select("#replicas tr:has(th:contains(" + process + ")) td").last().text()).isEqualTo(SaddlebagServer.ORG);
        } finally {
            ZOHO.faults().clear();
            held.bean(ZohoCircuits.class).close(SaddlebagServer.ORG);
        }

        await().untilAsserted(() -> assertThat(receiver.texts()).hasSize(2).last().asString().startsWith("Over: Organisation " + SaddlebagServer.ORG + ": Zoho failed repeatedly"));
    }

    @Test
    void anOpenCircuitForMetaIsAProblemOfItsOwn() throws Exception {
        ZohoCircuits circuits = saddlebag.bean(ZohoCircuits.class);
        String process = saddlebag.bean(Scheduler.class).getSchedulerInstanceId();
        for (int call = 0; call < 4; call++) {
            circuits.permitMeta(SaddlebagServer.ORG);
            circuits.recordMeta(SaddlebagServer.ORG, true, "status 503");
        }
        try {
            await().untilAsserted(() -> assertThat(receiver.texts()).singleElement().asString().contains("Meta failed repeatedly", "the process " + process + " holds its calls back"));
            await().untilAsserted(() -> assertThat(List.of(saddlebag, replica)).allSatisfy(each -> {
                assertThat(organisation(each).get("circuitOpenIn")).isEmpty();
                assertThat(organisation(each).get("metaCircuitOpenIn")).extracting(JsonNode::asText).containsExactly(process);
                assertThat(new Browser(each).page("/").select("dt:contains(Circuit of Meta) + dd").text()).isEqualTo("open, calls are held back by " + process);
            }));
        } finally {
            circuits.close(SaddlebagServer.ORG + " Meta");
        }

        await().untilAsserted(() -> assertThat(receiver.texts()).hasSize(2).last().asString().startsWith("Over: Organisation " + SaddlebagServer.ORG + ": Meta failed repeatedly"));
    }

    @Test
    void theCircuitsOfAProcessThatIsGoneAreNoProblem() {
        update("INSERT INTO timer_replicas (sched_name, instance, timers, open_circuits) SELECT sched_name, 'killed', timers, ARRAY['" + SaddlebagServer.ORG + "'] FROM timer_replicas LIMIT 1");
        update("INSERT INTO qrtz_scheduler_state SELECT sched_name, 'killed', extract(epoch FROM now() - interval '70 seconds') * 1000, 3600000 FROM timer_replicas LIMIT 1");

        assertThat(organisation(saddlebag).get("circuitOpenIn")).isEmpty();
        update("DELETE FROM timer_replicas WHERE instance = 'killed'");
        update("DELETE FROM qrtz_scheduler_state WHERE instance_name = 'killed'");
    }

    /** What one process knows alone is told once, whichever process watches. */
    @Test
    void whatAnotherProcessWaitsForOrMetAtALoginIsAProblemAsLongAsThatProcessLives() {
        update("INSERT INTO timer_replicas (sched_name, instance, timers, login_trouble, waiting_calls) SELECT sched_name, 'other', timers, 'The provider Staff did not answer',"
            + " jsonb_build_object('" + SaddlebagServer.ORG + "', jsonb_build_object('purpose', 'push', 'since', now() - interval '3 minutes', 'for', 'token')) FROM timer_replicas LIMIT 1");
        update("INSERT INTO qrtz_scheduler_state SELECT sched_name, 'other', extract(epoch FROM now()) * 1000, 3600000 FROM timer_replicas LIMIT 1");

        await().untilAsserted(() -> assertThat(receiver.texts()).hasSize(2).anyMatch(text -> text.contains("The provider Staff did not answer"))
            .anyMatch(text -> text.contains("a call (push) has waited since")));
        assertThat(List.of(saddlebag, replica)).allSatisfy(each -> assertThat(organisation(each).at("/waiting/call/purpose").asText()).isEqualTo("push"));
        aMomentLaterNothingMoreIsTold(2);

        update("UPDATE qrtz_scheduler_state SET last_checkin_time = extract(epoch FROM now() - interval '70 seconds') * 1000 WHERE instance_name = 'other'");
        await().untilAsserted(() -> assertThat(receiver.texts()).hasSize(4));
        assertThat(organisation(saddlebag).at("/waiting/call").isMissingNode()).isTrue();
        update("DELETE FROM timer_replicas WHERE instance = 'other'");
        update("DELETE FROM qrtz_scheduler_state WHERE instance_name = 'other'");
    }

    private static JsonNode organisation(SaddlebagServer process) {
        return SaddlebagServer.json(process.call("GET", "/api/zoho/health")).at("/organisations/0");
    }

    private static String circuit(SaddlebagServer process) {
        return process.bean(ZohoCircuits.class).state(SaddlebagServer.ORG);
    }

    @Test
    void aProblemIsToldOnceWhenItBeginsAndOnceWhenItIsOver() throws Exception {
        fails("items");
        await().untilAsserted(() -> assertThat(receiver.texts()).singleElement().asString()
            .startsWith("Problem: Organisation " + SaddlebagServer.ORG + ": the last run of items").contains("failed: no luck").endsWith("https://saddlebag.example.com/alerts"));
        Receiver.Request request = receiver.taken().get(0);
        assertThat(request.method() + " " + request.path()).isEqualTo("POST /hook/secret-path?sig=a%2Bb");
        assertThat(request.headers().getFirst("Content-Type")).isEqualTo("application/json");
        assertThat(request.headers().getFirst("webhook-signature")).isEqualTo(signature(request));
        JsonNode alert = request.json().get("alerts").get(0);
        assertThat(alert.get("key").asText()).isEqualTo(RUN + "items");
        assertThat(alert.get("state").asText()).isEqualTo("firing");
        assertThat(alert.get("mend").get("address").asText()).isEqualTo("/api/sync/items?org=" + SaddlebagServer.ORG);
        assertThat(request.json().get("id").asText()).isEqualTo(request.id()).startsWith("msg_");

        succeeds("items");
        await().untilAsserted(() -> assertThat(receiver.texts()).hasSize(2).last().asString().startsWith("Over: Organisation"));
        assertThat(receiver.taken()).extracting(Receiver.Request::id).doesNotHaveDuplicates();

        await().until(() -> mail.getReceivedMessages().length == 4); // two messages to two people
        MimeMessage first = Arrays.stream(mail.getReceivedMessages()).filter(m -> subject(m).contains("Problem")).findFirst().orElseThrow();
        assertThat(subject(first)).startsWith("[Saddlebag] Problem: Organisation " + SaddlebagServer.ORG).hasSizeLessThan(140);
        assertThat(first.getFrom()).extracting(Object::toString).containsExactly("saddlebag@example.com");
        assertThat(first.getRecipients(RecipientType.TO)).extracting(Object::toString).containsExactly("ops@example.com", "boss@example.com");
        assertThat(first.getContent().toString()).contains("failed: no luck").contains("https://saddlebag.example.com/alerts");
        assertThat(first.getMessageID()).matches("<msg_[0-9a-f]{32}@example\\.com>");
        assertThat(first.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        aMomentLaterNothingMoreIsTold(2);
    }

    @Test
    void whatComesAndGoesIsSuppressedForAnHourAndThenToldAsSuch() {
        fails("items");
        await().until(() -> receiver.taken().size() == 1);
        succeeds("items");
        await().until(() -> receiver.taken().size() == 2);
        for (int n = 0; n < 2; n++) {
            fails("items");
            await().until(() -> firing("items"));
            succeeds("items");
            await().until(() -> !firing("items"));
        }
        fails("items");
        await().until(() -> firing("items"));
        aMomentLaterNothingMoreIsTold(2);

        update("UPDATE alerts SET fired_at = fired_at - interval '1 hour', told_at = told_at - interval '1 hour'");
        await().untilAsserted(() -> assertThat(receiver.texts()).hasSize(3).last().asString().startsWith("Problem (it came and went, 5 changes since the last message): Org"));
    }

    @Test
    void aStormIsGatheredInOneMessage() {
        saddlebag.database().update("INSERT INTO sync_runs (org, entity, mode, trigger, status, error, finished_at) SELECT ?, k, 'full', 'api', 'failed', 'no luck', now() "
            + "FROM unnest(ARRAY['items', 'contacts', 'invoices', 'bills', 'price-lists', 'categories']) k", SaddlebagServer.ORG); // in one moment
        await().untilAsserted(() -> assertThat(receiver.texts()).singleElement().asString().startsWith("6 problems, 0 over\n- Problem: Organisation")
            .contains("the last run of price-lists"));
        assertThat(receiver.taken().get(0).json().get("alerts")).hasSize(6);

        succeeds("items");
        await().until(() -> !firing("items"));
        aMomentLaterNothingMoreIsTold(1);
        update("UPDATE alert_watch SET gathered_at = gathered_at - interval '1 minute'"); // the minute is over
        update("UPDATE alerts SET told_at = told_at - interval '1 minute'");
        await().untilAsserted(() -> assertThat(receiver.texts()).hasSize(2).last().asString().startsWith("Over: Organisation"));
        await().untilAsserted(() -> assertThat(mailSubjects()).contains("[Saddlebag] 6 problems, 0 over"));
    }

    @Test
    void aMutedProblemIsSilentUntilTheTime() throws Exception {
        fails("items");
        await().until(() -> receiver.taken().size() == 1);
        HttpResponse<String> muted = saddlebag.call("POST", "/api/alerts/" + RUN + "items/mute?until=4h");
        assertThat(muted.statusCode()).as(muted.body()).isEqualTo(200);
        assertThat(SaddlebagServer.json(muted).get("mutedUntil").isNull()).isFalse();
        assertThat(audit("alert.mute")).containsExactly("admin done " + SaddlebagServer.ORG + " " + RUN + "items {\"until\": \"4h\"}");
        assertThat(alert("items").get("mutedUntil").isNull()).isFalse();
        succeeds("items");
        await().until(() -> !firing("items"));
        aMomentLaterNothingMoreIsTold(1);

        assertThat(saddlebag.call("POST", "/api/alerts/" + RUN + "items/mute?until=").statusCode()).isEqualTo(200);
        await().untilAsserted(() -> assertThat(receiver.texts()).hasSize(2).last().asString().startsWith("Over: "));
        assertThat(saddlebag.call("POST", "/api/alerts/" + RUN + "items/mute?until=yesterday").statusCode()).isEqualTo(400);
        assertThat(saddlebag.call("POST", "/api/alerts/" + RUN + "items/mute").statusCode()).isEqualTo(400);
        assertThat(saddlebag.call("POST", "/api/alerts/" + RUN + "items/mute?until=2020-01-01T00:00:00Z").statusCode()).isEqualTo(400);
        assertThat(saddlebag.call("POST", "/api/alerts/no.such.key/mute?until=1h").statusCode()).isEqualTo(404);
        assertThat(saddlebag.call("POST", "/api/alerts/" + RUN + "items/mute?until=2099-01-01T00:00:00Z").body()).contains("366 days");
    }

    @Test
    void aReceiverThatFailsGetsEachMessageInTheEndInOrderAndTheOtherChannelTellsOfIt() throws Exception {
        receiver.answers(500);
        fails("items");
        await().until(() -> receiver.requests().size() >= 3);
        succeeds("items");
        await().untilAsserted(() -> assertThat(mailSubjects()).anyMatch(subject -> subject.contains("channel webhook has taken no message since")));
        JsonNode health = SaddlebagServer.json(saddlebag.call("GET", "/api/zoho/health"));
        assertThat(health.get("findings").get(0).get("key").asText()).isEqualTo("alerts.webhook");
        assertThat(health.get("problems").get(0).asText()).contains("The receiver answered 500", "POST /api/alerts/test").doesNotContain("secret-path");
        assertThat(health.get("alerts").get("channels").get(1).get("failingSince").isNull()).isFalse();

        int port = receiver.goAway();
        await().until(() -> count("alert_messages WHERE channel = 'webhook' AND error LIKE '%Connect%'") == 1);
        receiver.comeBack(port);
        receiver.answers(200);
        await().untilAsserted(() -> assertThat(receiver.texts()).hasSize(2));
        assertThat(receiver.texts().get(0)).startsWith("Problem: ");
        assertThat(receiver.texts().get(1)).startsWith("Over: ");
        assertThat(receiver.requests().stream().map(Receiver.Request::id).distinct()).as("each attempt has the id of its message").hasSize(2);
        await().untilAsserted(() -> assertThat(mailSubjects()).anyMatch(subject -> subject.startsWith("[Saddlebag] Over: The alerts' channel webhook")));
    }

    @Test
    void theFailureOfTheOnlyChannelIsNotShownAsTold() {
        receiver.answers(500);
        try (SaddlebagServer alone = SaddlebagServer.start(ZOHO, "--saddlebag.alerts.every=150ms", "--saddlebag.alerts.send-every=100ms", "--saddlebag.alerts.first-pause=100ms",
            "--saddlebag.alerts.longest-pause=200ms", "--saddlebag.alerts.webhook=" + receiver.url("/alone"))) {
            alone.database().update("INSERT INTO sync_runs (org, entity, mode, trigger, status, error, finished_at) VALUES (?, 'items', 'full', 'api', 'failed', 'x', now())", SaddlebagServer.ORG);
            await().until(() -> alone.count("alerts WHERE key = 'alerts.webhook' AND told_state = 'firing'") == 1);

            JsonNode alerts = SaddlebagServer.json(alone.call("GET", "/api/alerts")).get("alerts");
            assertThat(alerts).hasSize(2).allSatisfy(alert -> assertThat(alert.get("toldAt").isNull()).as(alert.toString()).isEqualTo(alert.get("key").asText().equals("alerts.webhook")));
            assertThat(alone.count("alerts WHERE key = 'alerts.webhook' AND fired_at IS NULL AND changes = 1")).isEqualTo(1);
            assertThat(alone.count("alert_messages")).isEqualTo(1);
        }
    }

    @Test
    void aMessageThatTheReceiverRefusesHoldsUpNoOtherAndIsToldAgainWhenTheChannelWorks() {
        receiver.answers(400);
        fails("items");
        await().until(() -> count("alert_messages WHERE channel = 'webhook' AND given_up_at IS NOT NULL AND attempts = 4 AND error = 'The receiver answered 400'") == 1);
        receiver.answers(200);
        fails("contacts");
        await().untilAsserted(() -> assertThat(receiver.texts()).anyMatch(text -> text.contains("the last run of contacts"))
            .anyMatch(text -> text.contains("the last run of items")));
        await().until(() -> count("alert_messages WHERE sent_at IS NULL AND given_up_at IS NULL") == 0);
        assertThat(receiver.texts().stream().filter(text -> text.contains("the last run of items"))).hasSize(1);
        assertThat(mailSubjects().stream().filter(subject -> subject.contains("the last run of items"))).as("two people, once each").hasSize(2);

        receiver.answers(429);
        fails("bills");
        await().until(() -> count("alert_messages WHERE channel = 'webhook' AND sent_at IS NULL AND given_up_at IS NULL AND attempts > 1") == 1);
        receiver.answers(200);
        await().untilAsserted(() -> assertThat(receiver.texts()).anyMatch(text -> text.contains("the last run of bills")));
    }

    @Test
    void thatAProblemIsOverIsToldThoughTheReceiverRefusedItForAWhile() {
        fails("items");
        await().until(() -> receiver.taken().size() == 1);
        receiver.answers(404, 1); // during a third attempt the channel counts as failing, which is a problem of its own
        succeeds("items");
        await().untilAsserted(() -> assertThat(receiver.texts()).hasSize(2).last().asString().startsWith("Over: "));
        assertThat(receiver.requests()).filteredOn(request -> request.status() == 404).singleElement()
            .extracting(Receiver.Request::text).asString().startsWith("Over: ");
    }

    @Test
    void aMailboxThatIsRefusedKeepsNoMessageFromTheOthers() throws Exception {
        gate.refuse("boss@example.com", "550 5.1.1 no such mailbox");
        fails("items");
        await().until(() -> count("alert_messages WHERE channel = 'email' AND sent_at IS NOT NULL AND attempts = 1") >= 1);
        await().untilAsserted(() -> assertThat(receiver.texts()).anyMatch(text -> text.contains("refused boss@example.com: 550 5.1.1 no such mailbox")));
        await().untilAsserted(() -> assertThat(mailSubjects()).filteredOn(subject -> subject.contains("the last run of items")).hasSize(1));
        JsonNode health = SaddlebagServer.json(saddlebag.call("GET", "/api/zoho/health"));
        assertThat(health.get("findings").findValuesAsText("key")).contains("alerts.email-refused");
        assertThat(health.get("alerts").get("channels").get(0).get("error").asText()).isEqualTo("The mail server refused boss@example.com: 550 5.1.1 no such mailbox");
        assertThat(health.get("alerts").get("channels").get(0).get("failingSince").isNull()).isTrue();
        HttpResponse<String> test = saddlebag.call("POST", "/api/alerts/test");
        assertThat(test.statusCode()).isEqualTo(502);
        assertThat(SaddlebagServer.json(test).get("detail").asText())
            .isEqualTo("The test message did not reach everybody through the channel email: The mail server refused boss@example.com: 550 5.1.1 no such mailbox");

        gate.open();
        assertThat(saddlebag.call("POST", "/api/alerts/test").statusCode()).isEqualTo(200);
        await().untilAsserted(() -> assertThat(receiver.texts()).anyMatch(text -> text.startsWith("Over: ") && text.contains("boss@example.com")));
        assertThat(count("alert_messages WHERE channel = 'email' AND attempts > 1")).as("sent again").isZero();
    }

    @Test
    void aMessageThatTheMailServerRefusesForGoodHoldsUpNoOther() {
        gate.refuse("ops@example.com", "550 5.7.1 not from you");
        gate.refuse("boss@example.com", "450 4.2.1 later");
        fails("items");
        await().until(() -> count("alert_messages WHERE channel = 'email' AND attempts > 5") == 1);
        gate.refuse("boss@example.com", "551 5.7.1 moved");
        await().until(() -> count("alert_messages WHERE channel = 'email' AND given_up_at IS NOT NULL AND error LIKE '%ops@example.com: 550%boss@example.com: 551%'") == 1);
        gate.open();
        fails("contacts");
        await().untilAsserted(() -> assertThat(mailSubjects()).anyMatch(subject -> subject.contains("the last run of contacts")).anyMatch(subject -> subject.contains("the last run of items")));
    }

    @Test
    void withoutAnAnswerToEveryQuestionNoProblemIsOver() {
        fails("items");
        await().until(() -> receiver.taken().size() == 1);
        update("ALTER VIEW webhooks_of_a_day RENAME TO elsewhere");
        try {
            await().until(() -> saddlebag.call("GET", "/api/zoho/health").statusCode() == 503);
            aMomentLaterNothingMoreIsTold(1);
            assertThat(firing("items")).isTrue();
        } finally {
            update("ALTER VIEW elsewhere RENAME TO webhooks_of_a_day");
        }
    }

    @Test
    void aTestReachesEachChannelAndSaysWhatHappened() throws Exception {
        HttpResponse<String> good = saddlebag.call("POST", "/api/alerts/test");
        assertThat(good.statusCode()).as(good.body()).isEqualTo(200);
        assertThat(SaddlebagServer.json(good).get("channels").findValuesAsText("channel")).containsExactly("email", "webhook");
        assertThat(receiver.texts()).containsExactly("Test message of Saddlebag: this channel works.\nhttps://saddlebag.example.com/alerts");
        assertThat(mailSubjects()).containsOnly("[Saddlebag] Test message of Saddlebag: this channel works.");

        receiver.answers(404);
        HttpResponse<String> bad = saddlebag.call("POST", "/api/alerts/test");
        assertThat(bad.statusCode()).isEqualTo(502);
        assertThat(SaddlebagServer.json(bad).get("detail").asText()).isEqualTo("The test message did not reach the channel webhook: The receiver answered 404");
        assertThat(SaddlebagServer.json(bad).get("channels").get(0).get("delivered").asBoolean()).isTrue();
        assertThat(count("alert_messages WHERE kind = 'test' AND given_up_at IS NOT NULL")).as("a test is not repeated").isEqualTo(1);
        JsonNode channels = SaddlebagServer.json(saddlebag.call("GET", "/api/alerts")).get("channels");
        assertThat(channels.get(1).get("channel").asText()).isEqualTo("webhook");
        assertThat(channels.get(1).get("lastSentAt").isNull()).isFalse();
        assertThat(channels.get(1).get("failingSince").isNull()).isTrue();
        assertThat(SaddlebagServer.json(saddlebag.call("GET", "/api/alerts/channels")).get("channels")).isEqualTo(channels);
        assertThat(new Browser(saddlebag).get("/export/api/alerts/channels?format=csv").body().lines()).hasSize(3).first().isEqualTo("channel,lastSentAt,waiting,failingSince,error");
        assertThat(audit("alert.test")).extracting(row -> row.split(" ")[1]).endsWith("started", "done", "started", "failed");
    }

    /** Three ticks of each replica. */
    private static void aMomentLaterNothingMoreIsTold(int told) {
        for (int n = 0; n < 3; n++) {
            String seen = saddlebag.database().queryForObject("SELECT watched_at FROM alert_watch", String.class);
            await().until(() -> receiver.taken().size() > told
                || !seen.equals(saddlebag.database().queryForObject("SELECT watched_at FROM alert_watch", String.class))
                || saddlebag.call("GET", "/api/zoho/health").statusCode() == 503);
        }
        assertThat(count("alert_messages WHERE channel = 'webhook'")).isEqualTo(told);
        assertThat(receiver.texts()).hasSize(told);
    }

    private static JsonNode alert(String kind) {
        for (JsonNode alert : SaddlebagServer.json(replica.call("GET", "/api/alerts?org=" + SaddlebagServer.ORG)).get("alerts")) {
            if (alert.get("key").asText().equals(RUN + kind)) {
                return alert;
            }
        }
        throw new AssertionError("no alert of " + kind);
    }

    private static boolean firing(String kind) {
        return count("alerts WHERE state = 'firing' AND key = '" + RUN + kind + "'") == 1;
    }

    private static void fails(String kind) {
        insert(kind, "failed", "no luck");
    }

    private static void succeeds(String kind) {
        insert(kind, "succeeded", null);
    }

    private static void insert(String kind, String status, String error) {
        saddlebag.database().update("INSERT INTO sync_runs (org, entity, mode, trigger, status, error, finished_at) VALUES (?, ?, 'full', 'api', ?, ?, now())",
            SaddlebagServer.ORG, kind, status, error);
    }

    private static List<String> audit(String action) {
        return saddlebag.database().queryForList("SELECT concat_ws(' ', who, outcome, org_id, object, details) FROM audit_log WHERE action = ? ORDER BY id", String.class, action);
    }

    private static List<String> mailSubjects() {
        return Arrays.stream(mail.getReceivedMessages()).map(AlertsIT::subject).toList();
    }

    private static String subject(MimeMessage message) {
        try {
            return message.getSubject();
        } catch (jakarta.mail.MessagingException e) {
            throw new AssertionError(e);
        }
    }

    private static String signature(Receiver.Request request) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
        String signed = request.id() + "." + request.headers().getFirst("webhook-timestamp") + "." + request.body();
        return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(UTF_8)));
    }

    private static long count(String fromWhere) {
        return saddlebag.count(fromWhere);
    }

    private static void update(String statement) {
        saddlebag.database().update(statement);
    }
}
