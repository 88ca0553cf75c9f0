package io.saddlebag.pull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.testkit.WireServer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A Zoho over HTTP that answers each page of a list as a test wants it: what Zoho's own sandbox never would. */
final class ListServer implements AutoCloseable {

    static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final ObjectMapper json = new ObjectMapper();
    private final WireServer server;
    private volatile IntFunction<ObjectNode> pages;
    private volatile Instant date;

    ListServer() throws IOException {
        server = WireServer.start();
    }

    String url() {
        return server.url();
    }

    /** @param answers the answer for each page number, without code and message */
    ListServer answers(IntFunction<ObjectNode> answers) {
        pages = answers;
        date = null;
        server.does(this::answer);
        return this;
    }

    /** The header {@code Date} of the answers from now on; null: the time that it is. */
    ListServer at(Instant clock) {
        date = clock;
        return this;
    }

    /** The numbers of the pages that were asked for. */
    List<Integer> asked() {
        return server.requests().stream().map(ListServer::page).toList();
    }

    private void answer(WireServer.Wire wire) throws IOException {
        ObjectNode answer = pages.apply(page(wire.request));
        if (!answer.has("code")) {
            answer.put("code", 0).put("message", "success");
        }
        String body = json.writeValueAsString(answer);
        wire.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: "
                + DateTimeFormatter.RFC_1123_DATE_TIME.format((date == null ? Instant.now() : date).atOffset(ZoneOffset.UTC))
                + "\r\nContent-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
    }

    private static int page(String request) {
        String query = URI.create(request.split(" ")[1]).getQuery();
        return Stream.of(query.split("&")).filter(pair -> pair.startsWith("page=")).findFirst()
                .map(pair -> Integer.valueOf(pair.substring(5))).orElse(0);
    }

    /** A page of records with the ids from one to another, both included, and a page context. */
    static ObjectNode page(String listKey, String idKey, int from, int to, JsonNode context) {
        ObjectNode answer = JSON.objectNode();
        ArrayNode list = answer.putArray(listKey);
        IntStream.rangeClosed(from, to).forEach(id -> list.addObject().put(idKey, String.valueOf(70000 + id)).put("name", "record " + id)
                .put("last_modified_time", "2025-03-04T10:%02d:%02d+0530".formatted(id / 60 % 60, id % 60)));
        return context == null ? answer : answer.set("page_context", context);
    }

    static ObjectNode more(boolean more) {
        return JSON.objectNode().put("has_more_page", more);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
