package io.saddlebag.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.saddlebag.sandbox.faults.Fault;
import io.saddlebag.sandbox.limits.Quotas;
import io.saddlebag.testkit.SaddlebagServer;
import io.saddlebag.testkit.SandboxServer;
import io.saddlebag.testkit.TestDatabase;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.imageio.ImageIO;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two replicas of one database, of which the second shows pictures to everyone. */
@Tag("sql")
class ImagesIT {

    private static final String IMAGE_CALLS = "/image[?]";
    private static final SandboxServer ZOHO = SandboxServer.shared();

    private static SaddlebagServer saddlebag;
    private static SaddlebagServer open;
    /** Has a picture from the start. */
    private static String item;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws Exception {
        ZOHO.reset();
        ZOHO.limits().change(new Quotas(0, 0, 0, 0, 600, 0, 3600));
        String database = "--DATABASE_URL=" + TestDatabase.migrated();
        saddlebag = SaddlebagServer.start(ZOHO, database, "--saddlebag.images.batch-size=5", "--saddlebag.images.thumbnail=32");
        open = SaddlebagServer.start(ZOHO, database, "--saddlebag.images.batch-size=5", "--saddlebag.images.public=true",
                "--saddlebag.images.max-age=1h");
        saddlebag.pull("full");
        item = saddlebag.database().queryForObject("SELECT min(zoho_item_id) FROM item_images", String.class);
    }

    @AfterAll
    static void stop() {
        open.close();
        saddlebag.close();
    }

    /** Only the one item lacks its picture. */
    @BeforeEach
    void asNew() {
        ZOHO.catalogue().reset();
        ZOHO.pictures().reset();
        ZOHO.faults().clear();
        ZOHO.calls().reset();
        saddlebag.database().update("UPDATE item_images SET image_key = wanted_key, digest = NULL, error = 'as new'");
        saddlebag.database().update("DELETE FROM images");
        saddlebag.database().update("DELETE FROM image_pauses");
        saddlebag.database().update("DELETE FROM missing_scopes");
        saddlebag.database().update("UPDATE organisations SET blocked_until = NULL, calls_per_day = NULL");
        lacking(item);
    }

    @Test
    void aPictureIsFetchedOnceAndServedWithoutACall() throws IOException {
        assertThat(detail(get(item))).contains("not been fetched yet", "try again");
        fetch(saddlebag);
        fetch(open);
        HttpResponse<byte[]> picture = get(item);

        assertThat(picture.statusCode()).isEqualTo(200);
        assertThat(picture.headers().firstValue("Content-Type")).hasValue("image/jpeg");
        assertThat(picture.headers().firstValue("Content-Length")).hasValue(Integer.toString(picture.body().length));
        assertThat(picture.headers().firstValue("Cache-Control")).hasValue("max-age=600, private");
        assertThat(picture.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
        assertThat(picture.headers().firstValue("Last-Modified")).isPresent();
        assertThat(picture.headers().firstValue("Pragma")).isEmpty();
        assertThat(image(picture).getWidth()).isEqualTo(96);
        assertThat(get(item).body()).isEqualTo(picture.body());
        HttpResponse<byte[]> small = get(item + "?thumbnail=true&org=" + SaddlebagServer.ORG);
        assertThat(image(small).getWidth()).isEqualTo(32);
        assertThat(small.headers().firstValue("ETag")).isNotEqualTo(picture.headers().firstValue("ETag"));
        assertThat(small.headers().firstValue("Content-Length")).hasValue(Integer.toString(small.body().length));
        assertThat(calls()).isEqualTo(1);
        assertThat(saddlebag.count("zoho_calls WHERE path LIKE '%/" + item + "/image' AND status = 200 AND purpose = 'pull'")).isPositive();
        assertThat(counted("stored")).isPositive();
    }

    @Test
    void whoHasItAlreadyIsToldSoAndAHeadHasNoBody() {
        fetch(saddlebag);
        HttpResponse<byte[]> picture = get(item);
        String tag = picture.headers().firstValue("ETag").orElseThrow();
        assertThat(tag).matches("\"[0-9a-f]{64}\"");

        for (String known : List.of(tag, "W/" + tag, "\"other\", " + tag)) {
            HttpResponse<byte[]> same = send(saddlebag, "GET", item, "If-None-Match", known, "Authorization", SaddlebagServer.STAFF);
            assertThat(same.statusCode()).as(known).isEqualTo(304);
            assertThat(same.headers().firstValue("ETag")).hasValue(tag);
            assertThat(same.headers().firstValue("Cache-Control")).hasValue("max-age=600, private");
            assertThat(same.body()).isEmpty();
        }
        assertThat(send(saddlebag, "GET", item, "If-Modified-Since", picture.headers().firstValue("Last-Modified").orElseThrow(),
                "Authorization", SaddlebagServer.STAFF).statusCode()).isEqualTo(304);
        assertThat(send(saddlebag, "GET", item, "If-None-Match", "\"other\"", "Authorization", SaddlebagServer.STAFF).body())
                .isEqualTo(picture.body());
        HttpResponse<byte[]> head = send(saddlebag, "HEAD", item, "Authorization", SaddlebagServer.STAFF);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Length")).hasValue(Integer.toString(picture.body().length));
        assertThat(head.headers().firstValue("Content-Type")).hasValue("image/jpeg");
        assertThat(head.body()).isEmpty();
    }

    @Test
    void picturesAreForStaffUnlessTheSettingSaysOtherwise() {
        fetch(saddlebag);
        assertThat(send(saddlebag, "GET", item).statusCode()).isEqualTo(401);
        assertThat(send(saddlebag, "GET", item, "Authorization", "Bearer scheduler-secret").statusCode()).isEqualTo(403);

        HttpResponse<byte[]> shown = send(open, "GET", item);
        assertThat(shown.statusCode()).isEqualTo(200);
        assertThat(shown.headers().firstValue("Cache-Control")).hasValue("max-age=3600, public");
        assertThat(shown.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
        assertThat(send(open, "HEAD", item).statusCode()).isEqualTo(200);
        assertThat(send(open, "GET", "1").statusCode()).isEqualTo(404);
        HttpResponse<String> other = open.call("GET", "/api/sync/runs", null);
        assertThat(other.statusCode()).isEqualTo(401);
        assertThat(other.headers().firstValue("Cache-Control").orElse("")).contains("no-store");
    }

    @Test
    void anotherPictureInZohoIsAnotherHereAndTheOldOneIsShownUntilThen() {
        fetch(saddlebag);
        byte[] before = get(item).body();
        ZOHO.pictures().replace(item, "new.png", "image/png", new byte[0]);
        saddlebag.pull("incremental");
        assertThat(get(item).body()).isEqualTo(before);

        fetch(saddlebag);

        assertThat(get(item).headers().firstValue("Content-Type")).hasValue("image/png");
        assertThat(calls()).isEqualTo(2);
        saddlebag.database().execute("SELECT drop_unused_images()");
        assertThat(saddlebag.count("images")).as("the old one goes").isEqualTo(1);
        ZOHO.catalogue().change(item, JsonNodeFactory.instance.objectNode().put("description", "other"), Set.of(), true);
        saddlebag.pull("incremental");
        fetch(saddlebag);
        assertThat(calls()).as("nothing that is about the picture").isEqualTo(2);
    }

    @Test
    void aPictureThatWasTakenOffLeaves() {
        fetch(saddlebag);
        ZOHO.catalogue().change(item, JsonNodeFactory.instance.objectNode().put("image_name", "").put("image_document_id", ""),
                Set.of(), true);
        saddlebag.pull("incremental");

        assertThat(detail(get(item))).contains("has no picture in Zoho");
        saddlebag.database().execute("SELECT drop_unused_images()");
        assertThat(saddlebag.count("images")).isZero();
        ZOHO.pictures().replace(item, "back.gif", "image/gif", new byte[0]);
        saddlebag.pull("incremental");
        fetch(saddlebag);
        assertThat(get(item).headers().firstValue("Content-Type")).hasValue("image/gif");
    }

    @Test
    void aDeletedItemHasNoPictureUntilItComesBack() {
        fetch(saddlebag);
        saddlebag.database().update("UPDATE products SET deleted_at = now() WHERE zoho_item_id = ?", item);
        assertThat(detail(get(item))).contains("is not here", "deleted");
        assertThat(saddlebag.count("item_images WHERE digest IS NOT NULL")).isZero();
        saddlebag.database().update("UPDATE products SET deleted_at = NULL WHERE zoho_item_id = ?", item);
        fetch(saddlebag);
        assertThat(get(item).statusCode()).isEqualTo(200);
    }

    @Test
    void theSameContentIsStoredOnce() throws IOException {
        byte[] png = png(300, 200);
        List<String> items = saddlebag.database().queryForList("SELECT zoho_item_id FROM item_images ORDER BY 1 LIMIT 3", String.class);
        items.forEach(id -> ZOHO.pictures().replace(id, id + ".png", "image/png", png));
        saddlebag.pull("incremental");
        fetch(saddlebag);

        assertThat(saddlebag.count("item_images WHERE digest IS NOT NULL")).isEqualTo(3);
        assertThat(saddlebag.count("images WHERE width = 300 AND height = 200 AND bytes = " + png.length)).isEqualTo(1);
        assertThat(get(items.get(2)).body()).isEqualTo(png);
    }

    @ParameterizedTest
    @CsvSource({"evil.svg, image/svg+xml, <svg onload='x'/>, neither gif", "page.png, image/png, <html>login</html>, neither gif",
        "doc.pdf, application/octet-stream, %PDF-1.7, neither gif"})
    void whatIsNoPictureIsRefusedWithItsReasonAndNotAskedForAgain(String name, String type, String content, String reason) {
        replaced(name, type, content.getBytes(StandardCharsets.UTF_8));
        fetch(saddlebag);
        fetch(saddlebag);

        assertThat(detail(get(item))).contains("cannot be shown", reason, "A new picture");
        assertThat(calls()).isEqualTo(1);
        replaced("good.png", "image/png", new byte[0]);
        fetch(saddlebag);
        assertThat(get(item).statusCode()).as("another one is another matter").isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"7340032, 200, ''", "7340033, 404, saddlebag.images.largest (7 MB)", "8500000, 404, zoho.longest-answer (8MB)"})
    void sevenMegabytesAreTheLimit(int bytes, int status, String reason) {
        replaced("large.gif", "image/gif", Arrays.copyOf("GIF89a".getBytes(StandardCharsets.US_ASCII), bytes));
        fetch(saddlebag);
        fetch(saddlebag);

        HttpResponse<byte[]> answer = get(item);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(calls()).isEqualTo(1);
        if (status == 200) {
            assertThat(answer.body()).hasSize(bytes);
        } else {
            assertThat(detail(answer)).contains(reason);
        }
    }

    @Test
    void theContentDecidesWhatItIsServedAs() throws IOException {
        replaced("liar.gif", "image/gif", png(2, 2));
        fetch(saddlebag);
        assertThat(get(item).headers().firstValue("Content-Type")).hasValue("image/png");
        replaced("w.webp", "image/webp", "RIFF....WEBPVP8L".getBytes(StandardCharsets.US_ASCII));
        fetch(saddlebag);
        assertThat(get(item + "?thumbnail=true").headers().firstValue("Content-Type")).as("no thumbnail of it").hasValue("image/webp");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 404, 503})
    void aPageInPlaceOfThePictureIsTriedAgainLater(int status) {
        ZOHO.faults().add(Fault.status(Fault.Kind.HTML, status).on(IMAGE_CALLS));
        fetch(saddlebag);
        assertThat(detail(get(item))).contains("not been fetched yet", "Zoho answered " + status);
        ZOHO.faults().clear();
        int asked = calls();
        fetch(saddlebag);
        assertThat(calls()).as("not at every tick").isEqualTo(asked);

        saddlebag.database().update("UPDATE item_images SET next_at = now() WHERE zoho_item_id = ?", item);
        fetch(saddlebag);
        assertThat(get(item).statusCode()).isEqualTo(200);
        assertThat(saddlebag.count("item_images WHERE zoho_item_id = '" + item + "' AND attempts = 0 AND error IS NULL")).isEqualTo(1);
    }

    @Test
    void aPictureThatZohoDoesNotHaveIsAskedForFourTimes() {
        ZOHO.faults().add(Fault.limit(1002).status(404).on(IMAGE_CALLS));
        for (int attempt = 1; attempt <= 6; attempt++) {
            fetch(saddlebag);
            fetch(saddlebag);
            assertThat(detail(get(item))).contains("1002");
            assertThat(calls()).isEqualTo(Math.min(attempt, 4));
            saddlebag.database().update("UPDATE item_images SET next_at = now() WHERE zoho_item_id = ? AND image_key IS NULL", item);
        }
    }

    @Test
    void aLimitOfZohoPutsThePictureOffAndCountsNothingAgainstIt() {
        ZOHO.faults().add(Fault.limit(44).next(1).on(IMAGE_CALLS));
        fetch(saddlebag);
        assertThat(saddlebag.count("item_images WHERE attempts = 0 AND image_key IS NULL")).isEqualTo(1);
        saddlebag.database().update("UPDATE organisations SET blocked_until = NULL");
        fetch(saddlebag);
        assertThat(get(item).statusCode()).isEqualTo(200);
    }

    @Test
    void aMissingScopePausesAllPicturesUntilANewConsent() {
        lacking("");
        ZOHO.faults().add(Fault.of(Fault.Kind.WRONG_SCOPE).on(IMAGE_CALLS));
        fetch(saddlebag);
        int asked = calls();
        fetch(saddlebag);
        assertThat(calls()).isEqualTo(asked);
        assertThat(detail(get(item))).contains("not been fetched yet", "lacks the scope", "/oauth/connect");
        ZOHO.faults().clear();
        saddlebag.database().update("UPDATE connections SET connected_at = clock_timestamp()");
        fetch(saddlebag);
        assertThat(calls()).isEqualTo(asked + 5);
        assertThat(saddlebag.count("image_pauses")).isZero();
    }

    @Test
    void aPictureThatCannotBeStoredDoesNotHoldUpTheOthers() {
        lacking("");
        long lacking = saddlebag.count("item_images WHERE image_key IS NULL");
        String first = saddlebag.database().queryForObject("SELECT min(zoho_item_id) FROM item_images WHERE image_key IS NULL", String.class);
        saddlebag.database().execute("ALTER TABLE item_images ADD CONSTRAINT broken CHECK (zoho_item_id <> '" + first + "' OR digest IS NULL)");
        try {
            fetch(saddlebag);
            assertThat(saddlebag.count("image_pauses")).isZero();
            assertThat(saddlebag.count("item_images WHERE zoho_item_id = '" + first + "' AND error LIKE '%broken%' AND attempts = 1")).isEqualTo(1);

            await().until(() -> {
                fetch(saddlebag);
                return saddlebag.count("item_images WHERE image_key IS NULL") == 1;
            });
            assertThat(lacking).isGreaterThan(1);
        } finally {
            saddlebag.database().execute("ALTER TABLE item_images DROP CONSTRAINT broken");
        }
    }

    @Test
    void replicasShareTheWorkAndEachTickHasItsNumber() {
        lacking("");
        long all = saddlebag.count("item_images WHERE image_key IS NULL");
        assertThat(all).isGreaterThan(15);
        CompletableFuture<Void> other = CompletableFuture.runAsync(() -> fetch(open));
        fetch(saddlebag);
        other.join();

        assertThat(calls()).isEqualTo(10);
        assertThat(saddlebag.count("item_images WHERE digest IS NOT NULL")).as("no two fetched the same").isEqualTo(10);
    }

    @Test
    void halfOfTheDayIsLeftToOthers() {
        lacking("");
        long today = saddlebag.count("zoho_calls WHERE at >= date_trunc('day', now(), 'UTC')");
        saddlebag.database().update("UPDATE organisations SET calls_per_day = ?", 2 * (today + 2));
        fetch(saddlebag);
        fetch(saddlebag);
        assertThat(calls()).isEqualTo(2);
    }

    @Test
    void anOrganisationThatLeavesOutItemsHasNoneFetched() {
        lacking(item);
        saddlebag.database().update("UPDATE organisations SET kinds = '{contacts}'");
        ZOHO.calls().reset();
        fetch(saddlebag);
        assertThat(ZOHO.calls().counts().api()).isZero();
        saddlebag.database().update("UPDATE organisations SET kinds = NULL");
    }

    @Test
    void aWrongRequestIsToldWhatIsWrong() {
        assertThat(detail(get("1"))).contains("Item 1 of organisation " + SaddlebagServer.ORG + " is not here");
        assertThat(get("a;b").statusCode()).isEqualTo(400);
        assertThat(get("a%20b").statusCode()).isEqualTo(400);
        assertThat(get(item + "?thumbnail=yes").statusCode()).isEqualTo(400);
        assertThat(detail(get(item + "?org=nobody"))).contains("no organisation");
        assertThat(calls()).isZero();
    }

    /** These lack their pictures; all that have one for "". */
    private static void lacking(String id) {
        saddlebag.database().update("UPDATE item_images SET image_key = NULL, digest = NULL, error = NULL, attempts = 0,"
                + " next_at = '-infinity' WHERE ? IN (zoho_item_id, '')", id);
    }

    private static void replaced(String name, String type, byte[] content) {
        ZOHO.pictures().replace(item, name, type, content);
        saddlebag.pull("incremental");
    }

    private static void fetch(SaddlebagServer replica) {
        replica.bean(ProducerTemplate.class).sendBody("direct:images", null);
    }

    private static int calls() {
        return (int) ZOHO.calls().list().stream().filter(call -> call.path().endsWith("/image")).count();
    }

    private static double counted(String result) {
        return saddlebag.bean(MeterRegistry.class).find("saddlebag.images").tags("org", SaddlebagServer.ORG, "result", result)
                .counters().stream().mapToDouble(Counter::count).sum();
    }

    private HttpResponse<byte[]> get(String item) {
        return send(saddlebag, "GET", item, "Authorization", SaddlebagServer.STAFF);
    }

    private HttpResponse<byte[]> send(SaddlebagServer replica, String method, String item, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + replica.port() + "/images/items/" + item))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return http.send(request.build(), BodyHandlers.ofByteArray());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String detail(HttpResponse<byte[]> problem) {
        assertThat(problem.statusCode()).isEqualTo(404);
        assertThat(problem.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        return new String(problem.body(), StandardCharsets.UTF_8);
    }

    private static BufferedImage image(HttpResponse<byte[]> picture) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(picture.body()));
    }

    private static byte[] png(int width, int height) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png", bytes);
        return bytes.toByteArray();
    }
}
