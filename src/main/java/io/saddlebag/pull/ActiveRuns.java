package io.saddlebag.pull;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** The runs that this process works on, for whose heartbeat it is responsible. */
@Component("activeRuns")
public class ActiveRuns {

    private final Set<Long> ids = ConcurrentHashMap.newKeySet();

    public void add(Long runId) {
        ids.add(runId);
    }

    public void remove(Long runId) {
        ids.remove(runId);
    }

    /** @return the ids of the runs, separated by commas */
    public String list() {
        return ids.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
