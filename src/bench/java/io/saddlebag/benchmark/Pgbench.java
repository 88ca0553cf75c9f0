package io.saddlebag.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PostgreSQL's own measure (of Debian's package postgresql-contrib): how many single-row commits a second its server takes. */
final class Pgbench {

    private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+)");

    private Pgbench() {
    }

    /** Before anything is measured. @throws IllegalStateException when it is not installed */
    static void check() throws InterruptedException {
        try {
            new ProcessBuilder("pgbench", "--version").redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        } catch (IOException e) {
            throw new IllegalStateException("pgbench, beside which webhooks are measured, is missing: apt-get install postgresql-contrib", e);
        }
    }

    /** @return commits a second of rows of 1 KB over as many connections as webhooks come; of the application's own server */
    static double commits(Application application, Duration time) throws IOException, InterruptedException, SQLException {
        try (Connection database = application.database(); Statement statement = database.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS beside_webhooks");
            statement.execute("CREATE TABLE beside_webhooks (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payload text)");
            Path script = Files.writeString(Files.createTempFile("single-row", ".sql"),
                "INSERT INTO beside_webhooks (payload) VALUES ('" + "x".repeat(1024) + "');\n");
            String clients = String.valueOf(WebhookSender.CONNECTIONS);
            ProcessBuilder builder = new ProcessBuilder(List.of("pgbench", "--no-vacuum", "--protocol=prepared", "--client=" + clients,
                "--jobs=2", "--time=" + time.toSeconds(), "--file=" + script, application.databaseUrl("saddlebag"))).redirectErrorStream(true);
            Process process = builder.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher rate = RATE.matcher(said);
            if (process.waitFor() != 0 || !rate.find()) {
                throw new IllegalStateException("pgbench: " + said);
            }
            return Double.parseDouble(rate.group(1));
        }
    }
}
