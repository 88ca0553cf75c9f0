package io.saddlebag.http;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.apache.tomcat.util.net.ApplicationBufferHandler;

/**
 * Who was answered and has not sent all of a body that nobody wanted loses the connection. Tomcat would read the rest, and a thread
 * would wait for it: 200 such senders would hold all threads there are. Of a route's request no thread reads the rest, for it has a
 * listener ({@link BufferedRequest}).
 */
final class UnreadBodyValve extends ValveBase {

    private static final int PASSED_OVER = 65_536;

    UnreadBodyValve() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        boolean ofRoute = request.isAsyncDispatching();
        getNext().invoke(request, response);
        org.apache.coyote.Request sent = request.getCoyoteRequest();
        if (!ofRoute && !request.isAsync() && !sent.isFinished()) {
            response.finishResponse();
            passOver(sent);
            if (!sent.isFinished()) {
                sent.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
            }
        }
    }

    /**
     * Reads what is here by now: an answer to a sender whose bytes are left unread may get lost. Nothing is read behind the body: Tomcat would
     * write over the beginning of the next request, and answer the rest of that with 400.
     */
    private static void passOver(org.apache.coyote.Request sent) throws IOException {
        Passed passed = new Passed();
        while (!sent.isFinished() && passed.bytes < PASSED_OVER && sent.getContentLengthLong() > 0 && isThere(sent)) {
            if (sent.doRead(passed) < 0) {
                return;
            }
        }
    }

    private static boolean isThere(org.apache.coyote.Request sent) {
        sent.action(ActionCode.AVAILABLE, true);
        return sent.getAvailable() > 0;
    }

    private static final class Passed implements ApplicationBufferHandler {

        private int bytes;
        private ByteBuffer last;

        @Override
        public void setByteBuffer(ByteBuffer buffer) {
            bytes += buffer.remaining();
            last = buffer;
        }

        /** Tomcat shortens it where more has come than the body has, such as the beginning of the next request. */
        @Override
        public ByteBuffer getByteBuffer() {
            return last;
        }

        @Override
        public void expand(int size) {
            // not asked for
        }
    }
}
