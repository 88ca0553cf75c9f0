package io.saddlebag.images;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * The picture formats that Zoho accepts for items, detected by the first bytes, because names and headers are not reliable.
 * SVG is not accepted, because it can hold scripts.
 */
enum PictureType {
    GIF("image/gif"), PNG("image/png"), JPEG("image/jpeg"), BMP("image/bmp"), WEBP("image/webp");

    private static final byte[] PNG_BEGIN = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    private static final byte[] JPEG_BEGIN = {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF};
    /** Texts can begin with "BM" too; in a BMP the size of the following header is one of these. */
    private static final Set<Integer> BMP_HEADERS = Set.of(12, 40, 52, 56, 64, 108, 124);
    private static final int BMP_HEADER_SIZE_AT = 14;
    private static final int WEBP_AT = 8;

    private final String mediaType;

    PictureType(String mediaType) {
        this.mediaType = mediaType;
    }

    String mediaType() {
        return mediaType;
    }

    /** @return the format; empty for any other content and for too few bytes */
    static Optional<PictureType> of(byte[] content) {
        return Arrays.stream(values()).filter(type -> type.begins(content)).findFirst();
    }

    private boolean begins(byte[] content) {
        return switch (this) {
            case GIF -> has(content, 0, ascii("GIF87a")) || has(content, 0, ascii("GIF89a"));
            case PNG -> has(content, 0, PNG_BEGIN);
            case JPEG -> has(content, 0, JPEG_BEGIN);
            case BMP -> has(content, 0, ascii("BM")) && content.length > BMP_HEADER_SIZE_AT + 3
                    && BMP_HEADERS.contains(content[BMP_HEADER_SIZE_AT] & 0xFF) && has(content, BMP_HEADER_SIZE_AT + 1, new byte[3]);
            case WEBP -> has(content, 0, ascii("RIFF")) && has(content, WEBP_AT, ascii("WEBP"));
        };
    }

    private static boolean has(byte[] content, int from, byte[] part) {
        return content.length >= from + part.length && Arrays.equals(content, from, from + part.length, part, 0, part.length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
