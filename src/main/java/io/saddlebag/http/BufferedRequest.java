package io.saddlebag.http;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.util.WebUtils;

/**
 * A request whose body is complete before its route begins. No thread waits for the rest of a body, so a sender that stops in the middle
 * delays nobody. Nothing is read after the request was answered, because the server then uses the same objects for another request. A body is
 * kept only for a route that reads it, and within the {@link BodyBudget}; other bodies are discarded.
 */
public final class BufferedRequest extends HttpServletRequestWrapper {

    /** Attribute: number of bytes of the body to keep (a Long); the rest is cut off. The default is {@link #LONGEST}. */
    public static final String KEPT = BufferedRequest.class.getName() + ".kept";
    /** Attribute: set while the body is being received. */
    public static final String BODY_INCOMPLETE = BufferedRequest.class.getName() + ".awaited";
    /** Bytes, more than any address of Saddlebag reads. */
    static final long LONGEST = 1 << 20;

    private static final int BLOCK = 8192;

    private final BodyBudget budget;
    private BufferedBody body;
    private Map<String, String[]> fields;
    private volatile boolean passedBy;
    private volatile boolean over;

    BufferedRequest(HttpServletRequest request, BodyBudget budget) {
        super(request);
        this.budget = budget;
    }

    /** @return the buffered request inside a request; every request has one */
    public static BufferedRequest of(ServletRequest request) {
        return WebUtils.getNativeRequest(request, BufferedRequest.class);
    }

    /** Notified about a body: one method is called once, or none if the sender stops midway. */
    interface BodyListener {

        /** The body is complete, or the part to keep has arrived. */
        void complete();

        /** The {@link BodyBudget} has no room for the body. */
        void refused();
    }

    boolean hasBody() {
        return getContentLengthLong() > 0 || getContentLengthLong() < 0 && getHeader("Transfer-Encoding") != null;
    }

    /** @return the number of bytes that a route gets if it reads the body */
    long kept() {
        return HttpMethod.GET.matches(getMethod()) || HttpMethod.HEAD.matches(getMethod()) ? 0
            : getAttribute(KEPT) instanceof Long most ? most : LONGEST;
    }

    /**
     * Keeps the body without waiting for it. The request must be asynchronous by now.
     *
     * @param most bytes to keep; the rest is cut off
     * @param listener called on the thread that reads the last bytes
     */
    void keep(long most, BodyListener listener) throws IOException {
        if (body != null) {
            listener.complete();
            return;
        }
        BufferedBody coming = new BufferedBody(budget);
        body = coming;
        setAttribute(BODY_INCOMPLETE, true);
        listen(new Pieces() {
            @Override
            public boolean take(byte[] block, int count) {
                int wanted = (int) Math.min(count, most - coming.length());
                if (!coming.add(block, wanted)) {
                    removeAttribute(BODY_INCOMPLETE);
                    coming.release();
                    listener.refused();
                    return false;
                }
                if (coming.length() == most) {
                    end();
                }
                return coming.length() < most;
            }

            @Override
            public void end() {
                removeAttribute(BODY_INCOMPLETE);
                listener.complete();
            }
        });
    }

    /**
     * Reads and drops a body that no route reads.
     *
     * @param most bytes to read
     * @param end runs when the body has ended or the limit is reached
     */
    void pass(long most, Runnable end) throws IOException {
        body = new BufferedBody(budget);
        passedBy = true;
        listen(new Pieces() {
            private long passed;

            @Override
            public boolean take(byte[] block, int count) {
                passed += count;
                if (passed >= most) {
                    end.run();
                }
                return passed < most;
            }

            @Override
            public void end() {
                passedBy = false;
                end.run();
            }
        });
    }

    /**
     * Reads the body on the caller's thread, which only a few requests at a time may do.
     *
     * @param most bytes
     * @param patience time for the whole body. The clock is read between two blocks. A sender that goes silent therefore holds the thread for
     *        {@code server.tomcat.connection-timeout} longer: a blocking read of Tomcat has no other limit
     * @return whether the body is complete; false if it is too long or too slow, or if there is no room for it
     * @throws IOException if the sender goes silent or closes the connection
     */
    public boolean await(int most, Duration patience) throws IOException {
        if (body != null) { // read before, by another filter
            return body.length() <= most;
        }
        long end = System.nanoTime() + patience.toNanos();
        BufferedBody coming = new BufferedBody(budget);
        body = coming; // its room is released with the request
        ServletInputStream sent = getRequest().getInputStream();
        byte[] block = new byte[BLOCK];
        for (int count = sent.read(block); count >= 0; count = sent.read(block)) {
            if (coming.length() + count > most || System.nanoTime() > end || !coming.add(block, count)) {
                return false;
            }
        }
        return true;
    }

    /** Reads the complete body as a form and adds its fields to the parameters. */
    public void asForm() throws IOException {
        fields = FormFields.of(getInputStream().readAllBytes(), super.getParameterMap());
    }

    /** @return whether bytes of a body that no route reads may still arrive */
    boolean isPassedBy() {
        return passedBy;
    }

    /** Notes that the request was answered or its sender is gone: the server may now use the same objects for another request. */
    void end() {
        over = true;
    }

    /** @return whether nobody waits for the answer any more; nothing else of this request may be read then */
    public boolean isOver() {
        return over;
    }

    /** Returns the room of the body to the {@link BodyBudget}. */
    void release() {
        if (body != null) {
            body.release();
        }
    }

    /**
     * Mere bytes for the routes under /api/, whatever the sender calls them: {@code curl -d} calls every body a form. Camel would make headers of a
     * form's fields, and fail on a form without any.
     */
    @Override
    public String getContentType() {
        return getRequestURI().startsWith("/api/") ? MediaType.APPLICATION_OCTET_STREAM_VALUE : super.getContentType();
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        return body == null ? super.getInputStream() : body.stream();
    }

    @Override
    public BufferedReader getReader() throws IOException {
        return body == null ? super.getReader()
            : new BufferedReader(new InputStreamReader(getInputStream(), getCharacterEncoding() == null ? "UTF-8" : getCharacterEncoding()));
    }

    @Override
    public String getParameter(String name) {
        String[] values = getParameterValues(name);
        return values == null ? null : values[0];
    }

    @Override
    public String[] getParameterValues(String name) {
        return fields == null ? super.getParameterValues(name) : fields.get(name);
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        return fields == null ? super.getParameterMap() : fields;
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return fields == null ? super.getParameterNames() : Collections.enumeration(fields.keySet());
    }

    private interface Pieces {

        /** @return whether to read on */
        boolean take(byte[] block, int count);

        void end();
    }

    private void listen(Pieces pieces) throws IOException {
        ServletInputStream sent = getRequest().getInputStream();
        sent.setReadListener(new ReadListener() {
            private boolean over;

            @Override
            public void onDataAvailable() throws IOException {
                byte[] block = new byte[BLOCK];
                while (!over && sent.isReady()) {
                    int count = sent.read(block);
                    if (count < 0) {
                        onAllDataRead();
                    } else {
                        over = !pieces.take(block, count);
                    }
                }
            }

            @Override
            public void onAllDataRead() {
                if (!over) {
                    over = true;
                    pieces.end();
                }
            }

            @Override
            public void onError(Throwable failure) {
                over = true; // the sender is gone or sends an invalid body; the server ends the request
            }
        });
    }
}
