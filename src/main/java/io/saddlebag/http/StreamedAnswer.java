package io.saddlebag.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Sends a long body after the head of an answer, in slices; each is read when the one before was sent. No thread waits for a reader. */
public final class StreamedAnswer implements WriteListener {

    /** Source of the slices. */
    public interface Source {

        /** @return the next slice; null after the last */
        byte[] next() throws IOException;
    }

    private static final String FOLLOWS = StreamedAnswer.class.getName();

    private final Duration longest;
    private final Source source;
    private AsyncContext context;
    private ServletOutputStream out;

    private StreamedAnswer(Duration longest, Source source) {
        this.longest = longest;
        this.source = source;
    }

    /**
     * Called by a route.
     *
     * @param end runs once, when the request ends in any way
     */
    public static void follow(HttpServletRequest request, Duration longest, Source source, Runnable end) {
        request.setAttribute(FOLLOWS, new StreamedAnswer(longest, source));
        request.getAsyncContext().addListener(new End(end));
    }

    static void sendWhatFollows(HttpServletRequest request, ServletResponse response) throws IOException {
        if (request.getAttribute(FOLLOWS) instanceof StreamedAnswer answer && !request.isAsyncStarted()) {
            request.removeAttribute(FOLLOWS);
            answer.context = request.startAsync(request, response);
            answer.context.setTimeout(answer.longest.toMillis());
            answer.out = response.getOutputStream();
            answer.out.setWriteListener(answer);
        }
    }

    @Override
    public void onWritePossible() throws IOException {
        while (out.isReady()) {
            byte[] slice = source.next();
            if (slice == null) {
                context.complete();
                return;
            }
            out.write(slice);
        }
    }

    @Override
    public void onError(Throwable failure) {
        // the reader is gone or too slow; the server ends the connection
    }

    private static final class End implements AsyncListener {

        private final Runnable end;
        private final AtomicBoolean over = new AtomicBoolean();
        private volatile boolean follows;

        End(Runnable end) {
            this.end = end;
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            follows = true;
            event.getAsyncContext().addListener(this);
        }

        @Override
        public void onComplete(AsyncEvent event) {
            if (over.compareAndSet(false, true)) {
                end.run();
            }
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            finish(event);
        }

        /** Completes the request. Otherwise Tomcat would look for an error page, although the answer has begun. */
        @Override
        public void onError(AsyncEvent event) {
            finish(event);
        }

        /** Ends a request whose body is being sent. Before that, a failure is the route's, which its error handler answers. */
        private void finish(AsyncEvent event) {
            if (follows) {
                event.getAsyncContext().complete();
            }
        }
    }
}
