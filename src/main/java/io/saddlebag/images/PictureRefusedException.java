package io.saddlebag.images;

/** The content is not stored as a picture; the message has the reason. */
public class PictureRefusedException extends RuntimeException {

    public PictureRefusedException(String message) {
        super(message);
    }
}
