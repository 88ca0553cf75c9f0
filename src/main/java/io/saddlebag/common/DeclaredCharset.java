package io.saddlebag.common;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeTypeUtils;

/**
 * The charset that a Content-Type declares. RFC 8259 fixes UTF-8 for JSON, yet servers that declare ISO-8859-1 also send it: read as
 * UTF-8, such text would be refused or, in a form, stored with wrong letters.
 */
public final class DeclaredCharset {

    private DeclaredCharset() {
    }

    /** @return UTF-8 where the Content-Type is null, declares no charset, or one that Java does not have */
    public static Charset of(String contentType) {
        try {
            Charset declared = contentType == null ? null : MimeTypeUtils.parseMimeType(contentType).getCharset();
            return declared == null ? StandardCharsets.UTF_8 : declared;
        } catch (InvalidMimeTypeException e) {
            return StandardCharsets.UTF_8;
        }
    }

    /** @throws CharacterCodingException when the bytes are no text in this charset; nothing is replaced */
    public static String decode(byte[] text, Charset charset) throws CharacterCodingException {
        return charset.newDecoder().decode(ByteBuffer.wrap(text)).toString();
    }
}
