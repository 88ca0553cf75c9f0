package io.saddlebag.common;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;

/** What guards the installation: given by a setting, or else made at the first start. */
@Configuration(proxyBeanMethods = false)
@Profile("!sandbox")
class SecretsConfiguration {

    private static final int PASSWORD_BYTES = 18;

    /** After the database: its lock keeps a second process from the directory. */
    @Bean
    @DependsOn("database")
    SecretFiles secretFiles(@Value("${saddlebag.data-directory}") Path directory) {
        return new SecretFiles(directory);
    }

    /** Made in a file only beside the embedded database: with another, the settings check wants it given. */
    @Bean
    MasterKey masterKey(Environment environment, SecretFiles files) {
        String given = new Settings(environment).text("saddlebag.master-key");
        if (!given.isEmpty()) {
            return MasterKey.parse("SADDLEBAG_MASTER_KEY", given);
        }
        return MasterKey.parse(files.directory().resolve("master.key").toString(),
            files.readOrMake("master.key", () -> Base64.getEncoder().encodeToString(random(MasterKey.BYTES))));
    }

    @Bean
    SecretCipher secretCipher(MasterKey key, Environment environment) {
        String previous = new Settings(environment).text("saddlebag.master-key-previous");
        return new SecretCipher(key, previous.isEmpty() ? null : MasterKey.parse("SADDLEBAG_MASTER_KEY_PREVIOUS", previous));
    }

    @Bean
    Secret adminPassword(Environment environment, SecretFiles files) {
        String given = new Settings(environment).text("saddlebag.admin-password");
        if (!given.isEmpty()) {
            return new Secret(given);
        }
        String kept = files.readOrMake("admin.password", () -> Base64.getUrlEncoder().encodeToString(random(PASSWORD_BYTES)));
        Settings.checkLength(files.directory().resolve("admin.password").toString(), kept); // a person may have edited it
        return new Secret(kept);
    }

    private static byte[] random(int count) {
        byte[] bytes = new byte[count];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }
}
