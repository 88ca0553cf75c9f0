package io.saddlebag.livereload;

import io.saddlebag.kinds.Kinds;
import io.saddlebag.push.Targets;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** An application of nothing but Camel, a database and live editing. No stereotype, or the product's own tests would find it. */
@EnableAutoConfiguration
@Import(LiveEditingConfiguration.class)
class LiveApplication {

    @Bean(destroyMethod = "close")
    EmbeddedPostgres postgres() throws IOException {
        return EmbeddedPostgres.builder().start();
    }

    @Bean
    DataSource dataSource(EmbeddedPostgres postgres) {
        return postgres.getPostgresDatabase();
    }

    @Bean
    Kinds kinds() {
        return new Kinds(LiveEditingTestBase.FOLDER.path("kinds"));
    }

    @Bean
    Targets targets(Kinds kinds) {
        return new Targets(LiveEditingTestBase.FOLDER.path("push"), Map.of(), kinds::has);
    }

    @Bean
    Gate gate() {
        return new Gate();
    }

    /** Holds an exchange in flight until it is opened. */
    static class Gate {

        private volatile CountDownLatch closed = new CountDownLatch(0);

        void close() {
            closed = new CountDownLatch(1);
        }

        void open() {
            closed.countDown();
        }

        public void pass() throws InterruptedException {
            closed.await(30, TimeUnit.SECONDS);
        }
    }
}
