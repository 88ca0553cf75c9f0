package io.saddlebag.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;

import jakarta.servlet.Filter;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

/** Filters of the server's thread still write headers after the controller returned, and only one thread at a time may do that. */
class LiveEventsTest {

    private static final int PAGES = 100;

    @Test
    void theServersThreadCommitsTheHeadersBeforeAnyOtherThreadWrites() throws Exception {
        LiveEvents events = new LiveEvents();
        Queue<Thread> writers = new ConcurrentLinkedQueue<>();
        Filter first = (request, response, chain) -> chain.doFilter(request, new FirstWriter((HttpServletResponse) response, writers));
        MockMvc server = MockMvcBuilders.standaloneSetup(events).addFilters(first).build();

        for (int i = 0; i < PAGES; i++) {
            server.perform(get("/events"));
        }
        events.end();

        assertThat(writers).hasSize(PAGES).containsOnly(Thread.currentThread());
    }

    /** Notes the thread that writes to a response first. */
    private static final class FirstWriter extends HttpServletResponseWrapper {

        private final Queue<Thread> writers;
        private ServletOutputStream stream;

        FirstWriter(HttpServletResponse response, Queue<Thread> writers) {
            super(response);
            this.writers = writers;
        }

        @Override
        public synchronized ServletOutputStream getOutputStream() throws IOException {
            if (stream == null) {
                stream = super.getOutputStream();
                writers.add(Thread.currentThread());
            }
            return stream;
        }
    }
}
