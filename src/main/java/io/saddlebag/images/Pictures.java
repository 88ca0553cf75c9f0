package io.saddlebag.images;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.camel.Body;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

/** Reads the content of a picture and refuses everything that is none. */
@Component("pictures")
public class Pictures {

    private final DataSize largest;
    private final Thumbnails thumbnails;

    Pictures(@Value("${saddlebag.images.largest}") DataSize largest, Thumbnails thumbnails) {
        this.largest = largest;
        this.thumbnails = thumbnails;
    }

    /**
     * @param content what Zoho sent; never null
     * @throws PictureRefusedException when the content is larger than {@code saddlebag.images.largest}, or neither gif, png, jpeg,
     *         bmp nor webp
     */
    public Picture read(@Body byte[] content) {
        if (content.length > largest.toBytes()) {
            throw new PictureRefusedException("It has " + content.length + " bytes, more than saddlebag.images.largest ("
                    + largest.toMegabytes() + " MB)");
        }
        PictureType type = PictureType.of(content).orElseThrow(() -> new PictureRefusedException(
                "Its content is neither gif, png, jpeg, bmp nor webp, whatever its name says"));
        Thumbnails.Look look = thumbnails.look(content, type);
        return new Picture(digest(content), content, type.mediaType(), look.width(), look.height(), look.thumbnail(),
                look.thumbnailType());
    }

    private static String digest(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every Java platform has it
        }
    }
}
