package io.saddlebag.zoho;

import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.springframework.stereotype.Component;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;

/** Tells a file that was asked for from a page that comes in its place: both are no JSON. */
@Component("zohoMedia")
public class ZohoMedia {

    /**
     * @param answer as {@link ZohoAnswers#read} understood it
     * @param accept media types of the file, such as {@code image/*}
     * @param contentType of the answer; null where it says none
     * @return the answer with the file in it, where it is of that type or of none in particular; else the same answer
     */
    public ZohoAnswer read(@Variable("answer") ZohoAnswer answer, @Body byte[] body, @Variable("accept") String accept,
            @Header(Exchange.CONTENT_TYPE) String contentType) {
        if (answer.shape() != BodyShape.TEXT || !isWanted(MimeType.valueOf(accept), contentType)) {
            return answer;
        }
        return new ZohoAnswer(answer.status(), BodyShape.FILE, null, null, "", answer.target(), body);
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
