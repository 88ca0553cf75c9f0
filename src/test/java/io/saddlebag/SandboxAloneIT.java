package io.saddlebag;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The profile sandbox starts the sandbox and nothing of the copy, whatever else is switched on. */
class SandboxAloneIT {

    @Test
    void theSandboxProfileLoadsNoBeansOfTheCopy() {
        try (ConfigurableApplicationContext spring = new SpringApplicationBuilder(Saddlebag.class).profiles("sandbox")
                .run("--server.port=0", "--saddlebag.dev=true")) {
            List<String> packages = Stream.of(spring.getBeanDefinitionNames()).map(spring::getType).filter(Objects::nonNull)
                .map(Class::getPackageName).filter(name -> name.startsWith("io.saddlebag")).distinct().toList();

            assertThat(packages).contains("io.saddlebag.http").anyMatch(name -> name.startsWith("io.saddlebag.sandbox"))
                .allMatch(name -> name.matches("io\\.saddlebag(\\.http|\\.sandbox(\\..*)?)?"));
        }
    }
}
