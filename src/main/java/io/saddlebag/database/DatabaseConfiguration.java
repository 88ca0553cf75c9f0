package io.saddlebag.database;

import com.zaxxer.hikari.HikariDataSource;
import io.saddlebag.common.BadSettingException;
import java.nio.file.Path;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.actuate.jdbc.DataSourceHealthIndicator;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;
import org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;

/** Which PostgreSQL the pool connects to: the one of {@code DATABASE_URL}, or a server of our own. */
@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {

    private static final String SERVER_LIBRARY = "io.zonky.test.db.postgres.embedded.EmbeddedPostgres";

    /** The pool is built from this bean, and so is closed before the server that this bean may be is stopped. */
    @Bean
    JdbcConnectionDetails database(@Value("${saddlebag.database.url}") String url,
            @Value("${saddlebag.data-directory}") String data) {
        if (!url.isBlank()) {
            return DatabaseUrl.parse(url);
        }
        // Production images may leave the server out; EmbeddedServer alone refers to it.
        if (!ClassUtils.isPresent(SERVER_LIBRARY, null)) {
            throw new BadSettingException("DATABASE_URL", "not set, and this build carries no PostgreSQL of its own",
                "Set it to postgresql://user:password@host:5432/name");
        }
        return EmbeddedServer.start(Path.of(data)).keepRunning(() -> System.exit(1));
    }

    /** Gives the pool what the URL leaves out, because the URL is shown. */
    @Bean
    static BeanPostProcessor driverProperties(ObjectProvider<JdbcConnectionDetails> database) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessBeforeInitialization(Object bean, String name) {
                if (bean instanceof HikariDataSource pool && database.getObject() instanceof DatabaseUrl url) {
                    url.driverProperties().forEach(pool::addDataSourceProperty);
                }
                return bean;
            }
        };
    }

    /** Everything that uses the database is made after its migrations, and so after this look at it. */
    @Bean
    FlywayMigrationStrategy migrateWhatAnswers(JdbcConnectionDetails database,
            @Value("${saddlebag.database.wait}") Duration wait) {
        return flyway -> {
            new DatabaseCheck(database.toString(), wait, !(database instanceof DatabaseUrl)).await(flyway.getConfiguration().getDataSource());
            new Migrations(flyway).run();
        };
    }

    /** The pool's question, whether the server takes writes, was answered when the pool gives a connection; it is no query for rows. */
    @Bean
    DataSourceHealthIndicator dbHealthIndicator(DataSource pool) {
        return new DataSourceHealthIndicator(pool);
    }
}
