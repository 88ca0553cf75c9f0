package io.saddlebag.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.saddlebag.testkit.SaddlebagServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;

/** Open pages of the console hear what changed, as many as there are places. */
class LiveEventsIT {

    private static final int PLACES = 100;

    @Test
    void aPageThatWasClosedFreesItsPlaceWithinHalfAMinute() throws IOException {
        SaddlebagServer saddlebag = SaddlebagServer.plain().asStarted();
        List<OpenPage> pages = new ArrayList<>();
        for (int i = 0; i < PLACES; i++) {
            pages.add(new OpenPage(saddlebag));
            assertThat(pages.get(i).status).isEqualTo("HTTP/1.1 200 ");
        }
        assertThat(oneMore(saddlebag)).isEqualTo("HTTP/1.1 503 ");

        for (OpenPage page : pages) {
            page.readAll();
            page.close();
        }

        await("the end of all of them").until(() -> !saddlebag.bean(LiveEvents.class).isWatched());
        assertThat(oneMore(saddlebag)).isEqualTo("HTTP/1.1 200 ");
    }

    @Test
    void noPageDropsAnEvent() throws IOException {
        try (Stream<Path> pages = Files.list(Path.of("src/main/resources/console"))) {
            assertThat(pages.filter(page -> page.toString().endsWith(".html"))).isNotEmpty()
                .allSatisfy(page -> assertThat(Files.readString(page)).as("%s: a throttle of htmx drops the last change", page).doesNotContain("throttle:"));
        }
    }

    /** Pages on which nothing changes by itself, and those that somebody fills in. */
    private static final Set<String> STILL = Set.of("error", "layout", "login", "parts", "password", "records", "staff", "webhook-register", "dead-letter");

    @Test
    void everyPageFollowsTopicsThatThereAre() throws IOException {
        String events = Files.readString(Path.of("routes/console/events.sql"));
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/console"))) {
            List<Path> pages = files.filter(file -> file.toString().endsWith(".html")).toList();
            for (Path page : pages) {
                String name = page.getFileName().toString().replace(".html", "");
                Document parsed = Jsoup.parse(Files.readString(page));
                assertThat(parsed.select("[hx-trigger], [th:attr*=hx-trigger]").isEmpty()).as("whether %s shows a state that may be old", name).isEqualTo(STILL.contains(name));
                for (Element part : parsed.select("[hx-trigger]")) {
                    Stream.of(part.attr("hx-trigger").split(", ")).filter(trigger -> !trigger.matches("every [0-9]+s"))
                        .forEach(trigger -> assertThat(events).as("%s of %s", trigger, name).contains(" AS " + trigger.replaceFirst("^sse:", "")));
                    Stream.of(part.attr("hx-select-oob").split(",")).filter(id -> !id.isEmpty())
                        .forEach(id -> assertThat(parsed.select(id)).as("%s of %s", id, name).hasSize(1));
                }
            }
        }
    }

    @Test
    void onlyTheLastEventOfATransmissionHasAnIdSoNoTopicOfItIsLostWithTheConnection() throws IOException {
        try (OpenPage page = new OpenPage(SaddlebagServer.plain().asStarted())) {
            List<String> lines = page.readAll();

            List<String> afterOpen = lines.subList(lines.indexOf("event:open"), lines.size());
            List<String> events = afterOpen.stream().filter(line -> line.startsWith("event:") && !line.equals("event:open")).toList();
            assertThat(events).hasSizeGreaterThan(3);
            assertThat(afterOpen.stream().filter(line -> line.startsWith("id:"))).as("that of open, and one for all topics").hasSize(2);
        }
    }

    private static String oneMore(SaddlebagServer saddlebag) throws IOException {
        try (OpenPage page = new OpenPage(saddlebag)) {
            return page.status;
        }
    }

    private static final class OpenPage implements AutoCloseable {

        private final Socket socket;
        private final BufferedReader reader;
        private final String status;

        private OpenPage(SaddlebagServer saddlebag) throws IOException {
            socket = new Socket("localhost", saddlebag.port());
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(("GET /events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nAuthorization: " + SaddlebagServer.STAFF + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
            reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            status = reader.readLine();
        }

        /** Reads up to the last of the topics that a new page is told: with bytes that nobody has read, a closed connection is reset, which the server sees at once. */
        private List<String> readAll() throws IOException {
            List<String> lines = new ArrayList<>(List.of(reader.readLine()));
            while (!lines.contains("event:alerts") || !lines.get(lines.size() - 1).isEmpty()) {
                lines.add(reader.readLine());
            }
            while (reader.ready()) {
                lines.add(reader.readLine());
            }
            return lines;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
