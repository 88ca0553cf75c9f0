package io.saddlebag.zoho;

import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;

/** Tells a file that was asked for from a page that comes in its place: both are no JSON. */
final class ZohoMedia {

    /**
     * @param answer as {@link ZohoAnswers#read} understood it
     * @param accept media types of the file, such as {@code image/*}
     * @param contentType of the answer; null where it says none
     * @return the answer with the file in it, where it is of that type or of none in particular; else the same answer
     */
    ZohoAnswer read(ZohoAnswer answer, byte[] body, String accept, String contentType) {
        if (answer.shape() != BodyShape.TEXT || !isWanted(MimeType.valueOf(accept), contentType)) {
            return answer;
        }
        return answer.withFile(body);
    }

    private static boolean isWanted(MimeType accept, String contentType) {
        try {
            MimeType given = MimeTypeUtils.parseMimeType(contentType); // also refuses null
            return accept.includes(given) || MimeTypeUtils.APPLICATION_OCTET_STREAM.includes(given);
        } catch (InvalidMimeTypeException e) {
            return false;
        }
    }
}
