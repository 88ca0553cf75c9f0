package io.saddlebag.console;

import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Tells open pages which of their parts to ask for again, by server-sent events: the name of an event is a topic such as {@code runs}, and it
 * carries no data. The route console-events asks the database, once for all pages of this process and only while a page is open.
 */
@RestController
@Component("liveEvents")
public class LiveEvents {

    private static final int MAX_OPEN_PAGES = 100;
    private static final Duration CONNECTION_TIMEOUT = Duration.ofMinutes(30);
    /**
     * Proxies close a connection on which nothing came for a minute. A page that was closed is found out by the second heartbeat after it: the first
     * one only makes its browser say that nobody listens.
     */
    private static final long HEARTBEAT_MILLIS = 5000;

    private final Set<OpenPage> pages = ConcurrentHashMap.newKeySet();
    private final Map<String, Object> state = new HashMap<>();
    private final Map<String, Long> changedAt = new HashMap<>();
    private long watchedSince;
    private long publishedAt;
    /** A browser that does not read holds a thread until Tomcat gives up on it. */
    private final ExecutorService senders = senders();

    /**
     * @param last  id of the last event that the browser got on a connection before; null: none
     * @param since when the page was made. Both are milliseconds since 1970
     * @return the stream; 503 if too many pages are open
     */
    @GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    ResponseEntity<SseEmitter> open(@RequestHeader(name = "Last-Event-ID", required = false) String last,
            @RequestParam(required = false) String since) {
        if (pages.size() >= MAX_OPEN_PAGES) {
            return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE).header("Retry-After", "60").build();
        }
        OpenPage page = new OpenPage(new SseEmitter(CONNECTION_TIMEOUT.toMillis()));
        page.emitter.onCompletion(() -> pages.remove(page));
        page.emitter.onTimeout(page.emitter::complete);
        page.emitter.onError(gone -> pages.remove(page));
        Set<String> missed = new LinkedHashSet<>(Set.of("open"));
        synchronized (state) {
            if (pages.isEmpty()) {
                state.clear(); // no page was open, so the state may be old
            }
            long known = millis(last != null ? last : since);
            page.behind = state.isEmpty() || known < watchedSince;
            changedAt.forEach((topic, at) -> {
                if (at >= known) {
                    missed.add(topic);
                }
            });
            // Kept by the emitter until Spring opens the answer, so that the server's thread writes the first event and with it the headers. The
            // filters of that thread write headers too, and only one thread at a time may do that: of pages that opened at once some got no answer.
            page.add(missed, publishedAt, Runnable::run);
            pages.add(page);
        }
        return ResponseEntity.ok().header("X-Accel-Buffering", "no").body(page.emitter);
    }

    private static long millis(String text) {
        return text != null && text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    /** @return whether a page is open */
    public boolean isWatched() {
        return !pages.isEmpty();
    }

    /**
     * @param row of routes/console/events.sql: the state of each topic, which is different after a change. A page that was made before anybody
     *            asked for the state may show an older one, so it is told all topics once
     */
    public void publish(Map<String, Object> row) {
        Set<String> changed = new LinkedHashSet<>();
        long now = System.currentTimeMillis();
        synchronized (state) {
            if (state.isEmpty()) {
                watchedSince = now;
                changedAt.clear();
                state.putAll(row);
            }
            row.forEach((topic, value) -> {
                if (!Objects.equals(state.put(topic, value), value)) {
                    changedAt.put(topic, now);
                    changed.add(topic);
                }
            });
            publishedAt = now;
        }
        pages.forEach(page -> {
            boolean all = page.behind;
            page.behind = false;
            page.add(all ? row.keySet() : changed, now, senders);
        });
    }

    @PreDestroy
    void end() {
        pages.forEach(OpenPage::complete);
        senders.shutdownNow();
    }

    private static ExecutorService senders() {
        ThreadPoolExecutor senders = new ThreadPoolExecutor(4, 4, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
            task -> new Thread(task, "console-events"));
        senders.allowCoreThreadTimeOut(true);
        return senders;
    }

    /**
     * One open page. Topics that change during a transmission are sent together in the next one. Only the last event of a transmission has an id:
     * after a connection that broke off within a transmission, the page asks for all topics of it again.
     */
    private final class OpenPage {

        private final SseEmitter emitter;
        private final Set<String> topics = new LinkedHashSet<>();
        private volatile boolean behind;
        private boolean sending;
        private long sentAt = System.currentTimeMillis();
        /** The time of the newest comparison whose changes are among the topics. */
        private long completeUntil;

        private OpenPage(SseEmitter emitter) {
            this.emitter = emitter;
        }

        private synchronized void add(Set<String> changed, long comparedAt, Executor sender) {
            topics.addAll(changed);
            completeUntil = Math.max(completeUntil, comparedAt);
            boolean due = !topics.isEmpty() || System.currentTimeMillis() - sentAt > HEARTBEAT_MILLIS;
            if (due && !sending) {
                sending = true;
                sender.execute(this::send);
            }
        }

        private void send() {
            try {
                for (Transmission next = take(); next != null; next = take()) {
                    if (next.topics.isEmpty()) {
                        emitter.send(SseEmitter.event().comment("still here"));
                    }
                    for (Iterator<String> topic = next.topics.iterator(); topic.hasNext();) {
                        // one event for each: of several names in one builder the last would count
                        SseEmitter.SseEventBuilder event = SseEmitter.event().name(topic.next()).data("changed");
                        emitter.send(topic.hasNext() ? event : event.id(Long.toString(next.completeUntil)));
                    }
                }
            } catch (IOException | IllegalStateException gone) {
                pages.remove(this);
            }
        }

        private void complete() {
            try {
                emitter.complete();
            } catch (IllegalStateException gone) {
                pages.remove(this); // its browser was closed and Tomcat had not said so yet
            }
        }

        /** @return what to send now; null: nothing more */
        private synchronized Transmission take() {
            long now = System.currentTimeMillis();
            if (topics.isEmpty() && now - sentAt <= HEARTBEAT_MILLIS) {
                sending = false;
                return null;
            }
            Transmission next = new Transmission(List.copyOf(topics), completeUntil);
            topics.clear();
            sentAt = now;
            return next;
        }
    }

    private record Transmission(List<String> topics, long completeUntil) { }
}
