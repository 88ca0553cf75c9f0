package io.saddlebag.sandbox;

import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A body that sends what it has and then takes the connection away, as a dying proxy does. */
final class CutBody extends InputStream {

    private final InputStream sent;
    private final HttpServletResponse response;
    private final Runnable cutter;

    CutBody(byte[] sent, HttpServletResponse response, Runnable cutter) {
        this.sent = new ByteArrayInputStream(sent);
        this.response = response;
        this.cutter = cutter;
    }

    @Override
    public int read() {
        throw new UnsupportedOperationException("read in blocks");
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int count = sent.read(into, offset, length);
        if (count < 0) {
            response.flushBuffer();
            cutter.run();
        }
        return count;
    }
}
