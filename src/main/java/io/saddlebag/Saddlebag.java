package io.saddlebag;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts Saddlebag: what it does is in {@code routes/}, how it is set in {@code config/application.yaml}. */
@SpringBootApplication
public class Saddlebag {

    public static void main(String[] args) {
        SpringApplication.run(Saddlebag.class, args);
    }
}
