package io.saddlebag.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.OffsetDateTime;

/** A run that has ended well, as {@code GET /api/sync/runs/{id}} tells it. */
record Run(Duration time, long calls, long seen, long created, long updated) {

    static Run of(JsonNode run) {
        if (!run.path("status").asText().equals("succeeded")) {
            throw new IllegalStateException("the run did not succeed: " + run);
        }
        return new Run(Duration.between(OffsetDateTime.parse(run.path("startedAt").asText()),
            OffsetDateTime.parse(run.path("finishedAt").asText())), run.path("calls").asLong(),
            run.path("seen").asLong(), run.path("created").asLong(), run.path("updated").asLong());
    }

    double seconds() {
        return time.toNanos() / 1e9;
    }

    double recordsPerSecond() {
        return seen / seconds();
    }
}
