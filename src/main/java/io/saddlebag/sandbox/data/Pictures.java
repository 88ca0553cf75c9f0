package io.saddlebag.sandbox.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.saddlebag.sandbox.wire.Answer;
import io.saddlebag.sandbox.wire.Json;
import io.saddlebag.sandbox.wire.Request;
import io.saddlebag.sandbox.wire.ZohoErrors;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.imageio.ImageIO;

/** The pictures of items: drawn from the id of the document, or uploaded through the control API. */
public class Pictures {

    private record Picture(String type, byte[] bytes) {
    }

    private static final int SIDE = 96;
    private static final int PREVIEW_SIDE = 24;
    private static final int SQUARES = 8;
    /** Formats that the JDK can write; a picture of any other type is drawn as PNG. */
    private static final Map<String, String> DRAWN = Map.of("jpg", "jpeg", "jpeg", "jpeg", "gif", "gif", "bmp", "bmp");
    private static final Map<String, String> MEDIA_TYPES = Map.of("png", "image/png", "jpg", "image/jpeg",
            "jpeg", "image/jpeg", "gif", "image/gif", "bmp", "image/bmp", "webp", "image/webp");

    private static final long FIRST_DOCUMENT = 6_010_000_000_010_000_000L;

    private final Catalogue items;
    private final AtomicLong replaced = new AtomicLong();
    private final Map<String, Picture> given = new ConcurrentHashMap<>();

    public Pictures(Catalogue items) {
        this.items = items;
    }

    /** {@code GET /items/{id}/image?preview=true}: the bytes; code 5 without the item, 1002 without a picture. */
    public Answer read(Request request) {
        Optional<ObjectNode> item = items.find(request.resource().get(1));
        if (item.isEmpty()) {
            return ZohoErrors.notFound();
        }
        String document = item.get().path("image_document_id").asText();
        if (item.get().path("image_name").asText().isEmpty()) {
            return ZohoErrors.gone("Item image");
        }
        Picture picture = given.get(document);
        if (picture == null) {
            String format = DRAWN.getOrDefault(item.get().path("image_type").asText(), "png");
            boolean preview = request.parameter("preview").equals("true");
            picture = new Picture(MEDIA_TYPES.get(format), draw(document, format, preview ? PREVIEW_SIDE : SIDE));
        }
        return Answer.bytes(picture.type(), picture.bytes());
    }

    /**
     * Gives an item another picture under a new document id.
     *
     * @param type  media type; empty: what the name ends in says
     * @param bytes the picture, whatever they are; none: one is drawn
     * @return the changed item; empty when none has the id
     */
    public Optional<ObjectNode> replace(String item, String name, String type, byte[] bytes) {
        String document = Long.toString(FIRST_DOCUMENT + replaced.incrementAndGet());
        if (bytes.length > 0) {
            given.put(document, new Picture(type.isEmpty() ? MEDIA_TYPES.getOrDefault(ending(name), "image/png") : type, bytes));
        }
        ObjectNode set = Json.object().put("image_name", name).put("image_type", ending(name))
                .put("image_document_id", document);
        return items.change(item, set, Set.of(), true);
    }

    private static String ending(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** Only drawn ones. */
    public void reset() {
        given.clear();
    }

    private static byte[] draw(String document, String format, int side) {
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = image.createGraphics();
        Random random = new Random(document.hashCode());
        int square = side / SQUARES;
        for (int place = 0; place < SQUARES * SQUARES; place++) {
            pen.setColor(new Color(random.nextInt(1 << 24)));
            pen.fillRect(place % SQUARES * square, place / SQUARES * square, square, square);
        }
        pen.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, format, bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }
}
