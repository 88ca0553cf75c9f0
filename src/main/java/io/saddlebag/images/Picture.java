package io.saddlebag.images;

/**
 * A picture as it is kept.
 *
 * @param digest SHA-256 of the content, in hexadecimal
 * @param mediaType by its content
 * @param width in pixels; null together with the height where they are not known
 * @param thumbnail null where there is none
 * @param thumbnailType its media type
 */
public record Picture(String digest, byte[] content, String mediaType, Integer width, Integer height, byte[] thumbnail,
                      String thumbnailType) {

    /** Without the content: variables end up in logs. */
    @Override
    public String toString() {
        return "Picture[" + digest + "]";
    }
}
