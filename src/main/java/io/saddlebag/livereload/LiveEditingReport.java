package io.saddlebag.livereload;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jmx.export.annotation.ManagedAttribute;
import org.springframework.jmx.export.annotation.ManagedResource;

/** What became of saved route and SQL files, in the log and by JMX. Read by any thread, written by the one that watches. */
@ManagedResource(objectName = "io.saddlebag:type=LiveEditing",
    description = "What became of saved route and SQL files")
public class LiveEditingReport {

    private static final Logger LOG = LoggerFactory.getLogger(LiveEditingReport.class);
    private static final int REMEMBERED = 20;

    private final Map<Path, List<Finding>> refused = new TreeMap<>();
    private final Set<Path> waiting = new TreeSet<>();
    private String held = "";
    private final Deque<String> taken = new ArrayDeque<>();

    @ManagedAttribute(description = "Files that are not in force, each as file:line: reason; the routes before them go on")
    public synchronized String[] getRefused() {
        return refused.values().stream().flatMap(Collection::stream).map(Finding::toString).toArray(String[]::new);
    }

    @ManagedAttribute(description = "Files that are good and wait until their route has no exchange in flight")
    public synchronized String[] getWaiting() {
        return waiting.stream().map(Path::toString).toArray(String[]::new);
    }

    @ManagedAttribute(description = "The last files that were taken over or removed, the newest first")
    public synchronized String[] getTakenOver() {
        return taken.toArray(String[]::new);
    }

    @ManagedAttribute(description = "Why nothing is taken over at present; empty when it is")
    public synchronized String getHeld() {
        return held;
    }

    /** @param reason why nothing is taken over; null when it is */
    synchronized void held(String reason) {
        if (reason != null && held.isEmpty()) {
            LOG.error("Held: {}", reason);
        } else if (reason == null && !held.isEmpty()) {
            LOG.info("The route files are back, saved files are taken over again");
        }
        held = reason == null ? "" : reason;
    }

    synchronized Set<Path> refusedFiles() {
        return Set.copyOf(refused.keySet());
    }

    synchronized void refused(Path file, List<Finding> findings) {
        waiting.remove(file);
        if (!findings.equals(refused.put(file, findings))) {
            findings.forEach(finding -> LOG.error("Change rejected, the previous version keeps running: {}", finding));
        }
    }

    synchronized void waiting(Path file) {
        refused.remove(file);
        if (waiting.add(file)) {
            LOG.warn("Change accepted, waiting for in-flight exchanges to finish: {}", file);
        }
    }

    /** The file is in force; where it was deleted, its route is gone. */
    synchronized void tookOver(Path file) {
        forget(file);
        String what = Files.exists(file) ? "Taken over" : "Removed";
        taken.addFirst(what + " " + file);
        if (taken.size() > REMEMBERED) {
            taken.removeLast();
        }
        LOG.info("{}: {}", what, file);
    }

    /** The file is again what runs, or is gone. */
    synchronized void forget(Path file) {
        refused.remove(file);
        waiting.remove(file);
    }
}
