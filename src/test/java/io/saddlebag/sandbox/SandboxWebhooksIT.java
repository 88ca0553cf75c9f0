package io.saddlebag.sandbox;

import static io.saddlebag.testkit.SandboxClient.ORG;
import static io.saddlebag.testkit.SandboxClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.testkit.SandboxServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a registered webhook sends. */
class SandboxWebhooksIT {

    private final SandboxServer server = SandboxServer.shared();
    private final SandboxClient zoho = new SandboxClient(server.url());
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private HttpServer receiver;

    @BeforeEach
    void somebodyListens() throws IOException {
        server.reset();
        zoho.withToken();
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            received.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        receiver.start();
    }

    @AfterEach
    void close() {
        receiver.stop(0);
    }

    @ParameterizedTest
    @CsvSource({"item, items/6000000000010000001, /inventory/v1/items/6000000000010000001, item",
        "customer, records/contacts/6001000000010000001, /inventory/v1/contacts/6001000000010000001, contact",
        "vendor, records/contacts/6001000000010003001, /books/v3/contacts/6001000000010003001, contact",
        "invoice, records/invoices/6002000000010000001, /books/v3/invoices/6002000000010000001, invoice",
        "bill, records/bills/6003000000010000001, /books/v3/bills/6003000000010000001, bill",
        "inventory_adjustment, records/stock-adjustments/6004000000010000001, /inventory/v1/inventoryadjustments/6004000000010000001, inventory_adjustment",
        "customer_payment, records/payments/6006000000010000001, /books/v3/customerpayments/6006000000010000001, payment"})
    void thePayloadIsTheRecordAsItIsAnsweredAlone(String module, String control, String address, String key) throws Exception {
        register(module);
        assertThat(zoho.control("PATCH", "/" + control, "{\"cf_color\":\"Ochre\"}").statusCode()).isEqualTo(200);

        String payload = received.poll(20, TimeUnit.SECONDS);
        assertThat(payload).isNotNull();
        assertThat(json(payload).properties()).extracting(Map.Entry::getKey).containsExactly(key);
        assertThat(json(payload).get(key)).isEqualTo(json(zoho.at(address)).get(key));
    }

    @ParameterizedTest
    @CsvSource({"item, /inventory/v1/items/6000000000010000001, {'name':'Ours'}, /item/name, Ours",
        "customer, /books/v3/contacts/6001000000010000001, {'contact_name':'Ours'}, /contact/contact_name, Ours",
        "invoice, /books/v3/invoices/6002000000010000001, {'notes':'Ours'}, /invoice/notes, Ours",
        "bill, /inventory/v1/bills/6003000000010000001, {'notes':'Ours'}, /bill/notes, Ours"})
    void aWriteByTheApiIsToldToo(String module, String path, String body, String pointer, String value) throws Exception {
        register(module);
        assertThat(zoho.send("PUT", path + "?" + ORG, "application/json", body.replace('\'', '"')).statusCode()).isEqualTo(200);

        String payload = received.poll(20, TimeUnit.SECONDS);
        assertThat(payload).isNotNull();
        assertThat(json(payload).at(pointer).asText()).isEqualTo(value);
    }

    private void register(String module) {
        String settings = "/books/v3/settings/";
        JsonNode webhook = created(zoho.send("POST", settings + "webhooks?" + ORG, "application/json", """
                {"webhook_name":"Changes","entity":"%s","method":"POST","url":"http://127.0.0.1:%d/"}"""
                .formatted(module, receiver.getAddress().getPort())));
        created(zoho.send("POST", settings + "workflows?" + ORG, "application/json", """
                {"workflow_name":"Changes","entity":"%s","rule_type":"edit","instant_actions":[{"action_type":"webhook","action_id":"%s"}]}"""
                .formatted(module, webhook.at("/webhook/webhook_id").asText())));
    }

    private static JsonNode created(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return json(answer);
    }
}
