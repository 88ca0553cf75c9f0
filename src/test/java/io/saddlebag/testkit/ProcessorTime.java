package io.saddlebag.testkit;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The processor time that processes have used, in seconds, as Linux tells it. */
public final class ProcessorTime {

    private static final Path PROCESSES = Path.of("/proc");
    /** Linux counts in hundredths of a second for programs, whatever its own clock does. */
    private static final double TICKS_A_SECOND = 100;

    private ProcessorTime() {
    }

    /** Skips the test on a system that does not tell. */
    public static void assumeToldHere() {
        assumeThat(PROCESSES.resolve("self/stat")).exists();
    }

    /** Of one process alone. */
    public static double of(long pid) {
        return ticks(pid, 2) / TICKS_A_SECOND;
    }

    /** Of a process, the children that it has, and those that it had, such as a PostgreSQL server's. */
    public static double withChildren(long pid) {
        return (ticks(pid, 4) + ProcessHandle.of(pid).orElseThrow().children().mapToLong(child -> ticks(child.pid(), 2)).sum()) / TICKS_A_SECOND;
    }

    /** @param columns of utime, stime, cutime and cstime the first so many */
    private static long ticks(long pid, int columns) {
        try {
            String stat = Files.readString(PROCESSES.resolve(pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" "); // the name before may hold spaces
            long ticks = 0;
            for (int column = 0; column < columns; column++) {
                ticks += Long.parseLong(fields[11 + column]);
            }
            return ticks;
        } catch (IOException e) {
            return 0; // it has ended since it was listed
        }
    }
}
