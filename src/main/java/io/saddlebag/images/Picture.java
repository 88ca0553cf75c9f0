package io.saddlebag.images;

/**
 * A picture as it is stored.
 *
 * @param digest SHA-256 of the content, in hexadecimal
 * @param mediaType detected from the content
 * @param width in pixels; null, like the height, if unknown
 * @param thumbnail null if there is none
 * @param thumbnailType its media type
 */
public record Picture(String digest, byte[] content, String mediaType, Integer width, Integer height, byte[] thumbnail,
                      String thumbnailType) {

    /** Without the content, because variables may be logged. */
    @Override
    public String toString() {
        return "Picture[" + digest + "]";
    }
}
