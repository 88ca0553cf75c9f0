package io.saddlebag.sandbox;

import static io.saddlebag.testkit.SandboxClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.saddlebag.sandbox.data.IdRange;
import io.saddlebag.testkit.SandboxClient;
import io.saddlebag.testkit.SandboxServer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SandboxPicturesIT {

    /** With a picture from the start. */
    private static final String ITEM = IdRange.ITEMS.id(2);
    private static final String OTHER = IdRange.ITEMS.id(8);
    private static final String WITHOUT = IdRange.ITEMS.id(1);

    private final SandboxServer server = SandboxServer.shared();
    private final SandboxClient zoho = new SandboxClient(server.url());

    @BeforeEach
    void asAtTheStart() {
        server.reset();
        zoho.withToken();
    }

    @Test
    void anItemsPictureIsItsOwnAndTheSameEachTime() throws IOException {
        HttpResponse<byte[]> picture = picture(ITEM, "");
        assertThat(picture.statusCode()).isEqualTo(200);
        assertThat(picture.headers().firstValue("Content-Type")).hasValue("image/jpeg");
        assertThat(image(picture).getWidth()).isEqualTo(96);
        assertThat(picture(ITEM, "").body()).isEqualTo(picture.body());
        assertThat(picture(OTHER, "").body()).isNotEqualTo(picture.body());
        assertThat(image(picture(ITEM, "&preview=true")).getWidth()).isEqualTo(24);
    }

    @ParameterizedTest
    @CsvSource({"6000000000010001001, 1002", "1, 5"})
    void withoutAPictureOrAnItemItIs404(String item, int code) {
        HttpResponse<String> answer = zoho.get("/items/" + item + "/image");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(json(answer).get("code").intValue()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({"new.png, image/png", "new.jpg, image/jpeg", "new.gif, image/gif", "new.bmp, image/bmp"})
    void anotherPictureHasAnotherDocumentAndTouchesTheItem(String name, String type) throws IOException {
        JsonNode before = json(zoho.get("/items/" + WITHOUT)).get("item");
        zoho.control("POST", "/items/" + WITHOUT + "/image?name=" + name, "");
        JsonNode after = json(zoho.get("/items/" + WITHOUT)).get("item");
        assertThat(after.get("image_name").textValue()).isEqualTo(name);
        assertThat(after.get("image_document_id")).isNotEqualTo(before.get("image_document_id"));
        assertThat(after.get("last_modified_time").textValue()).isGreaterThan(before.get("last_modified_time").textValue());
        HttpResponse<byte[]> picture = picture(WITHOUT, "");
        assertThat(picture.headers().firstValue("Content-Type")).hasValue(type);
        assertThat(image(picture)).isNotNull();
    }

    @Test
    void anyBytesCanBeServedAsAnything() {
        zoho.control("POST", "/items/" + ITEM + "/image?name=evil.svg&type=image/svg%2Bxml", "<svg onload='x'/>");
        HttpResponse<byte[]> picture = picture(ITEM, "");
        assertThat(picture.headers().firstValue("Content-Type")).hasValue("image/svg+xml");
        assertThat(new String(picture.body(), StandardCharsets.UTF_8)).isEqualTo("<svg onload='x'/>");
        assertThat(zoho.control("POST", "/items/1/image", "x").statusCode()).isEqualTo(404);
    }

    @Test
    void aLargePictureIsKeptWholeAndATooLargeOneIsRefused() throws Exception {
        byte[] large = new byte[SandboxFilter.LONGEST_BODY];
        new Random(1).nextBytes(large);
        assertThat(replace(large)).isEqualTo(200);
        assertThat(picture(ITEM, "").body()).isEqualTo(large);

        assertThat(replace(Arrays.copyOf(large, large.length + 1))).isEqualTo(413);
        assertThat(picture(ITEM, "").body()).as("as before").isEqualTo(large);
    }

    private int replace(byte[] bytes) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(server.url() + "/control/items/" + ITEM + "/image"))
            .POST(BodyPublishers.ofByteArray(bytes)).build(), BodyHandlers.discarding()).statusCode();
    }

    private HttpResponse<byte[]> picture(String item, String query) {
        return zoho.packed("/inventory/v1/items/" + item + "/image?" + SandboxClient.ORG + query, "identity");
    }

    private static BufferedImage image(HttpResponse<byte[]> picture) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(picture.body()));
    }
}
