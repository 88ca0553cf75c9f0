package io.saddlebag.common;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Writes JSON that PostgreSQL takes as jsonb, which has no NUL character: in its place stands U+FFFD, the sign for a character that cannot be shown. */
public final class StorableJson {

    private static final ObjectMapper JSON = new ObjectMapper();

    static {
        JSON.getFactory().setCharacterEscapes(new NulEscapes());
    }

    private StorableJson() {
    }

    public static String write(Object value) throws JsonProcessingException {
        return JSON.writeValueAsString(value);
    }

    private static final class NulEscapes extends CharacterEscapes {

        private static final long serialVersionUID = 1;
        private static final SerializableString REPLACEMENT = new SerializedString("\\ufffd");

        private final int[] escapes = standardAsciiEscapesForJSON();

        private NulEscapes() {
            escapes[0] = ESCAPE_CUSTOM;
        }

        @Override
        public int[] getEscapeCodesForAscii() {
            return escapes.clone();
        }

        @Override
        public SerializableString getEscapeSequence(int character) {
            return character == 0 ? REPLACEMENT : null;
        }
    }
}
