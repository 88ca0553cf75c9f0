package io.saddlebag;

import io.saddlebag.check.CheckCommand;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationExcludeFilter;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.TypeExcludeFilter;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Profile;

/** Starts Saddlebag. Its flows are in {@code routes/}, its settings in {@code config/application.yaml}. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import({Saddlebag.Copy.class, Saddlebag.SandboxAlone.class})
public class Saddlebag {

    /** @param args settings; {@code check} as the first one tests the connection to Zoho and ends */
    public static void main(String[] args) {
        if (CheckCommand.isMeant(args)) {
            System.exit(CheckCommand.run(Saddlebag.class, args));
        }
        SpringApplication.run(Saddlebag.class, args);
    }

    /** All packages: the copy of Zoho's data and, where it is switched on, the sandbox beside it. */
    @Profile("!sandbox")
    @ComponentScan(excludeFilters = {
        @Filter(type = FilterType.CUSTOM, classes = TypeExcludeFilter.class),
        @Filter(type = FilterType.CUSTOM, classes = AutoConfigurationExcludeFilter.class)}) // both as @SpringBootApplication has them
    static class Copy {
    }

    /** The sandbox without the copy: no database, no timers, no login. */
    @Profile("sandbox")
    @ComponentScan(basePackages = {"io.saddlebag.sandbox", "io.saddlebag.http"})
    static class SandboxAlone {
    }
}
