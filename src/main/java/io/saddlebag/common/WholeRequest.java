package io.saddlebag.common;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;

/**
 * A request that is whole before its route begins. No thread waits for the rest of a body: a sender that stops in the middle holds
 * up nobody, and is not read from when it was answered, for by then the server uses the same objects for another's request.
 */
public final class WholeRequest extends HttpServletRequestWrapper {

    /** Attribute: how many bytes of the body are kept (a Long), the rest is cut off; without it {@link #LONGEST}. */
    public static final String KEPT = WholeRequest.class.getName() + ".kept";
    /** Attribute, there while the body is not all there. */
    public static final String AWAITED = WholeRequest.class.getName() + ".awaited";
    /** More than any of our addresses wants. */
    static final long LONGEST = 1 << 20;

    private static final int BLOCK = 8192;

    private byte[] body;

    WholeRequest(HttpServletRequest request) {
        super(request);
    }

    /** @param then runs when the body is here; never, if it does not come. The request must be asynchronous by now. */
    void read(Runnable then) throws IOException {
        if (getContentLengthLong() == 0 || getContentLengthLong() < 0 && getHeader("Transfer-Encoding") == null) {
            then.run();
            return;
        }
        setAttribute(AWAITED, true);
        ServletInputStream sent = getRequest().getInputStream();
        long kept = getAttribute(KEPT) instanceof Long most ? most : LONGEST;
        sent.setReadListener(new ReadListener() {
            private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            private boolean begun;

            @Override
            public void onDataAvailable() throws IOException {
                byte[] block = new byte[BLOCK];
                while (!begun && sent.isReady()) {
                    int count = sent.read(block);
                    bytes.write(block, 0, (int) Math.min(Math.max(count, 0), kept - bytes.size()));
                    if (bytes.size() == kept || count < 0) {
                        begin();
                    }
                }
            }

            @Override
            public void onAllDataRead() {
                begin();
            }

            @Override
            public void onError(Throwable failure) {
                begun = true; // the sender is gone, or sends what is no body; the server ends the request
            }

            private void begin() {
                if (!begun) {
                    begun = true;
                    body = bytes.toByteArray();
                    removeAttribute(AWAITED);
                    then.run();
                }
            }
        });
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        return body == null ? super.getInputStream() : new Bytes(new ByteArrayInputStream(body));
    }

    @Override
    public BufferedReader getReader() throws IOException {
        return body == null ? super.getReader()
            : new BufferedReader(new InputStreamReader(getInputStream(), getCharacterEncoding() == null ? "UTF-8" : getCharacterEncoding()));
    }

    private static final class Bytes extends ServletInputStream {

        private final ByteArrayInputStream bytes;

        Bytes(ByteArrayInputStream bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] into, int from, int length) {
            return bytes.read(into, from, length);
        }

        @Override
        public boolean isFinished() {
            return bytes.available() == 0;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new IllegalStateException("It is all here");
        }
    }
}
