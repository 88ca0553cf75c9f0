package io.saddlebag.images;

/** What came in place of a picture is not kept; the message says why. */
public class PictureRefusedException extends RuntimeException {

    public PictureRefusedException(String message) {
        super(message);
    }
}
