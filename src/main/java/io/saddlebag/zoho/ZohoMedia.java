package io.saddlebag.zoho;

import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;

/** Distinguishes a requested file from a web page that comes in its place. Neither is JSON. */
final class ZohoMedia {

    /**
     * @param answer as {@link ZohoAnswers#read} understood it
     * @param accept media types of the requested file, such as {@code image/*}
     * @param contentType media type of the answer; null if it has none
     * @return the answer with the file in it, if its media type is one of these or says nothing; otherwise the same answer
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
