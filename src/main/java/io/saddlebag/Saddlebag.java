package io.saddlebag;

import io.saddlebag.check.CheckCommand;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts Saddlebag: what it does is in {@code routes/}, how it is set in {@code config/application.yaml}. */
@SpringBootApplication
public class Saddlebag {

    /** @param args settings; with {@code check} before them, a connection is tried and nothing else is done */
    public static void main(String[] args) {
        if (CheckCommand.isMeant(args)) {
            System.exit(CheckCommand.run(Saddlebag.class, args));
        }
        SpringApplication.run(Saddlebag.class, args);
    }
}
