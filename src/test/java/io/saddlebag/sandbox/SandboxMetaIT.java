package io.saddlebag.sandbox;

import static io.saddlebag.testkit.SandboxClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.sandbox.meta.MetaCatalogue;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.testkit.SandboxServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SandboxMetaIT {

    private static final String CATALOGUE = "/meta/v23.0/" + MetaCatalogue.ID;
    private static final String GOOD = "'title':'Router','description':'Wi-Fi','availability':'in stock','condition':'new',"
            + "'price':'1299.00 ZAR','link':'https://shop.example/r','image':[{'url':'https://shop.example/r.png'}]";

    private final SandboxServer server = SandboxServer.shared();
    private final SandboxClient meta = new SandboxClient(server.url());

    @BeforeEach
    void asAtTheStart() {
        server.reset();
        meta.useBearer(MetaCatalogue.TOKEN);
    }

    @Test
    void aBatchIsAcceptedFirstAndJudgedLater() {
        meta.control("PUT", "/meta", "{\"polls\":2,\"errors\":{\"B\":\"Bad image\"}}");
        JsonNode accepted = json(batch(true, item("UPDATE", "A", GOOD) + "," + item("UPDATE", "B", GOOD)));
        assertThat(accepted.get("validation_status")).isEmpty();
        String handle = accepted.at("/handles/0").asText();
        assertThat(status(handle).get("status").asText()).isEqualTo("started");
        assertThat(status(handle).get("errors_total_count").intValue()).isZero();
        JsonNode finished = status(handle);
        assertThat(finished.get("status").asText()).isEqualTo("finished");
        assertThat(finished.at("/errors/0/id").asText()).isEqualTo("B");
        assertThat(finished.at("/errors/0/message").asText()).isEqualTo("Bad image");
        assertThat(finished.get("ids_of_invalid_requests").toString()).isEqualTo("[\"B\"]");
        assertThat(stored()).hasSize(1);
    }

    @Test
    void whatIsWrongAtOnceStandsInTheAnswer() {
        meta.control("PUT", "/meta", "{\"validations\":{\"A\":\"Bad link\"}}");
        JsonNode answer = json(batch(true, item("UPDATE", "A", GOOD)));
        assertThat(answer.at("/validation_status/0/retailer_id").asText()).isEqualTo("A");
        assertThat(answer.at("/validation_status/0/errors/0/message").asText()).isEqualTo("Bad link");
        assertThat(stored()).isEmpty();
    }

    @Test
    void anUpdateCreatesOnlyWhereItMayAndADeleteTakesAway() {
        assertThat(errorOf(false, item("UPDATE", "A", GOOD))).contains("does not exist");
        assertThat(errorOf(true, item("UPDATE", "A", GOOD))).isEmpty();
        assertThat(errorOf(false, item("UPDATE", "A", "'availability':'out of stock'"))).isEmpty();
        assertThat(stored().at("/0/title").asText()).isEqualTo("Router");
        assertThat(stored().at("/0/availability").asText()).isEqualTo("out of stock");
        assertThat(errorOf(true, item("DELETE", "A", ""))).isEmpty();
        assertThat(stored()).isEmpty();
        JsonNode written = json(meta.control("GET", "/writes?product=meta&key=A", "")).at("/writes/0");
        assertThat(written.get("creates").intValue() + written.get("updates").intValue() + written.get("deletes").intValue()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"1299.00 ZAR, 0 ZAR, price is not valid: 0 ZAR", "1299.00 ZAR, 899, price is not valid: 899",
        "Router, '', A required field is missing: title", "Wi-Fi, WIFI, description is in capitals only",
        "https://shop.example/r.png, '', A required field is missing: image_link"})
    void whatMetaRefusesIsRefused(String good, String bad, String words) {
        String data = GOOD.replace(good, bad);
        assertThat(errorOf(true, item("UPDATE", "A", data))).isEqualTo(words);
    }

    @Test
    void tooMuchDataAndTooManyCallsHaveTheirCodes() {
        meta.control("PUT", "/meta", "{\"most\":1}");
        HttpResponse<String> tooMuch = batch(true, item("UPDATE", "A", GOOD) + "," + item("UPDATE", "B", GOOD));
        assertThat(json(tooMuch).at("/error/code").intValue()).isOne();
        assertThat(json(tooMuch).at("/error/message").asText()).startsWith("Please reduce the amount of data");
        meta.control("POST", "/faults", "{\"kind\":\"error\",\"code\":80014,\"match\":\"/meta/\",\"count\":1}");
        assertThat(json(batch(true, item("UPDATE", "A", GOOD))).at("/error/code").intValue()).isEqualTo(80014);
        meta.control("POST", "/faults", "{\"kind\":\"lost-answer\",\"count\":1}");
        assertThatThrownBy(() -> meta.sendOrFail("POST", CATALOGUE + "/items_batch", "application/json",
                body(true, item("UPDATE", "A", GOOD)))).isInstanceOf(IOException.class);
        assertThat(stored()).hasSize(1);
    }

    @Test
    void theCatalogueIsOursAndZohosQuotaIsNotUsed() {
        assertThat(get(CATALOGUE + "?fields=id,name").body()).isEqualTo("{\"id\":\"" + MetaCatalogue.ID + "\",\"name\":\"Saddlebag Sandbox\"}");
        assertThat(json(get("/meta/v23.0/7?fields=id,name")).at("/error/code").intValue()).isEqualTo(100);
        meta.useBearer("nobody's");
        assertThat(json(get(CATALOGUE)).at("/error/code").intValue()).isEqualTo(190);
        assertThat(server.calls().counts().byOrganisation().get("60000000001").api()).isZero();
    }

    private String errorOf(boolean upsert, String requests) {
        String handle = json(batch(upsert, requests)).at("/handles/0").asText();
        status(handle);
        return status(handle).at("/errors/0/message").asText();
    }

    private JsonNode status(String handle) {
        return json(get(CATALOGUE + "/check_batch_request_status?load_ids_of_invalid_requests=true&handle=" + handle)).at("/data/0");
    }

    private JsonNode stored() {
        return json(meta.control("GET", "/store/meta/products", "")).get("records");
    }

    private static String item(String method, String id, String data) {
        return "{'method':'" + method + "','data':{'id':'" + id + "'" + (data.isEmpty() ? "" : ",") + data + "}}";
    }

    private static String body(boolean upsert, String requests) {
        return ("{'item_type':'PRODUCT_ITEM','allow_upsert':" + upsert + ",'requests':[" + requests + "]}").replace('\'', '"');
    }

    private HttpResponse<String> batch(boolean upsert, String requests) {
        return meta.send("POST", CATALOGUE + "/items_batch", "application/json", body(upsert, requests));
    }

    private HttpResponse<String> get(String path) {
        return meta.send("GET", path, "application/json", "");
    }
}
