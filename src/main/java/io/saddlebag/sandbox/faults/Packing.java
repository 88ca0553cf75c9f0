package io.saddlebag.sandbox.faults;

import io.saddlebag.sandbox.wire.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Compresses an answer for a client that accepts gzip, and damages it where a fault says so. */
public final class Packing {

    private static final long SEED = 1319;
    private static final int TEXT = 1000;

    private Packing() {
    }

    public static Answer pack(Fault fault, boolean gzip, Answer answer) {
        byte[] body = answer.body();
        if (body.length == 0) {
            return answer;
        }
        if (is(fault, Fault.Kind.HUGE)) {
            body = padded(body, fault.bytes());
        }
        if (is(fault, Fault.Kind.TRUNCATE)) {
            body = Arrays.copyOf(body, body.length / 2);
        }
        if (is(fault, Fault.Kind.GZIP_BROKEN)) {
            return answer.withBody(broken(gzip(body)), "gzip");
        }
        return gzip ? answer.withBody(gzip(body), "gzip") : answer.withBody(body, null);
    }

    private static boolean is(Fault fault, Fault.Kind kind) {
        return fault != null && fault.kind() == kind;
    }

    /**
     * The object with a list of random texts more, none longer than parsers take; as it is when it is no object or has
     * the size already.
     */
    private static byte[] padded(byte[] object, int size) {
        byte[] key = ",\"padding\":[\"".getBytes(StandardCharsets.US_ASCII);
        byte[] end = "\"]}".getBytes(StandardCharsets.US_ASCII);
        int from = object.length - 1 + key.length;
        int to = size - end.length;
        if (to < from || object[0] != '{') {
            return object;
        }
        byte[] padded = new byte[size];
        new Random(SEED).nextBytes(padded);
        for (int i = from; i < to; i++) {
            padded[i] = (byte) ('a' + (padded[i] & 15));
        }
        byte[] comma = "\",\"".getBytes(StandardCharsets.US_ASCII);
        for (int i = from + TEXT; i + comma.length <= to; i += TEXT) {
            System.arraycopy(comma, 0, padded, i, comma.length);
        }
        System.arraycopy(object, 0, padded, 0, object.length - 1);
        System.arraycopy(key, 0, padded, object.length - 1, key.length);
        System.arraycopy(end, 0, padded, to, end.length);
        return padded;
    }

    private static byte[] broken(byte[] packed) {
        for (int i = packed.length / 2; i < packed.length; i++) {
            packed[i] = (byte) ~packed[i];
        }
        return packed;
    }

    private static byte[] gzip(byte[] body) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream(body.length / 2);
        try (OutputStream out = new Gzip(packed)) {
            out.write(body);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return packed.toByteArray();
    }

    /** Fast rather than small: the client usually runs on the same machine. */
    private static final class Gzip extends GZIPOutputStream {
        private Gzip(OutputStream out) throws IOException {
            super(out);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
