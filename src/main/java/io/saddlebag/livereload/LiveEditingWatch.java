package io.saddlebag.livereload;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import org.apache.commons.io.monitor.FileAlterationListenerAdaptor;
import org.apache.commons.io.monitor.FileAlterationMonitor;
import org.apache.commons.io.monitor.FileAlterationObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** Checks route and SQL files for changes while the application runs. */
class LiveEditingWatch extends FileAlterationListenerAdaptor {

    /** Long enough for an editor to finish writing, and short enough for a person. */
    private static final Duration EVERY = Duration.ofMillis(500);
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(LiveEditingWatch.class);

    private final FileAlterationMonitor monitor = new FileAlterationMonitor(EVERY.toMillis());
    private final LiveEditing editing;
    /** The observer of the last folder: its end is the end of a round. */
    private FileAlterationObserver last;
    private boolean changed;
    private boolean watching;

    LiveEditingWatch(Collection<Path> folders, LiveEditing editing) {
        this.editing = editing;
        for (Path folder : folders) {
            try {
                FileAlterationObserver observer = FileAlterationObserver.builder().setPath(folder).get();
                observer.addListener(this);
                monitor.addObserver(observer);
                last = observer;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        monitor.setThreadFactory(new CustomizableThreadFactory("live-editing-"));
    }

    @EventListener(ApplicationReadyEvent.class)
    void start() throws Exception {
        editing.begin();
        monitor.start();
        watching = true;
        LOG.info("Saved route and SQL files are taken over without a restart (SADDLEBAG_DEV)");
    }

    @EventListener(ContextClosedEvent.class)
    void stop() throws Exception {
        if (watching) { // a failed start is closed too, and so is each child context
            watching = false;
            monitor.stop(LONGEST_LOOK.toMillis()); // waits for a look that is under way
        }
    }

    @Override
    public void onFileCreate(File file) {
        changed = true;
    }

    @Override
    public void onFileChange(File file) {
        changed = true;
    }

    @Override
    public void onFileDelete(File file) {
        changed = true;
    }

    @Override
    public void onStop(FileAlterationObserver observer) {
        if (observer == last && (changed || editing.isWaiting())) {
            boolean saved = changed;
            changed = false;
            try {
                editing.look(saved);
            } catch (RuntimeException e) {
                LOG.error("Live editing failed, the previous version keeps running", e); // the watching thread must survive the failure
            }
        }
    }
}
