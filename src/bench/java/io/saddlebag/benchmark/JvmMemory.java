package io.saddlebag.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The memory of another process that is a JVM, in megabytes. */
record JvmMemory(long pid) {

    /** In what {@code jcmd GC.heap_info} says: a line for each generation, or one for all of the heap. */
    private static final Pattern USED = Pattern.compile("total \\d+K, used (\\d+)K");

    /** What of the heap is in use when the garbage is gone. */
    double alive() throws IOException, InterruptedException {
        jcmd("GC.run");
        Matcher used = USED.matcher(jcmd("GC.heap_info"));
        long kilobytes = 0;
        while (used.find()) {
            kilobytes += Long.parseLong(used.group(1));
        }
        if (kilobytes == 0) {
            throw new IllegalStateException("jcmd tells the heap in other words than expected");
        }
        return kilobytes / 1024.0;
    }

    /** What of the process is in the machine's memory; of a Linux. */
    double resident() throws IOException {
        String line = Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
            .filter(each -> each.startsWith("VmRSS:")).findFirst().orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
    }

    private String jcmd(String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin/jcmd").toString(),
            Long.toString(pid), command)).redirectErrorStream(true).start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!jcmd.waitFor(30, TimeUnit.SECONDS) || jcmd.exitValue() != 0) {
            throw new IllegalStateException("jcmd " + command + ": " + said);
        }
        return said;
    }
}
