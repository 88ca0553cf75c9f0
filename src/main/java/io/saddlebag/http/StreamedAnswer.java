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

/** A long body of an answer that follows its route's: in slices, each read when the one before is gone. No thread waits for a reader. */
public final class StreamedAnswer implements WriteListener {

    /** Where the slices come from. */
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
     * To be called by a route.
     *
     * @param end runs once, when the request is over, however it ends
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

        /** Else Tomcat would look for an error page, though the answer has begun. */
        @Override
        public void onError(AsyncEvent event) {
            finish(event);
        }

        /** Before anything follows it is the route that failed, which is told. */
        private void finish(AsyncEvent event) {
            if (follows) {
                event.getAsyncContext().complete();
            }
        }
    }
}
