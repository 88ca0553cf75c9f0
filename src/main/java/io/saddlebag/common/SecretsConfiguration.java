package io.saddlebag.common;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;

/** What guards the installation: given by a setting, or else made at the first start. */
@Configuration(proxyBeanMethods = false)
class SecretsConfiguration {

    private static final int PASSWORD_BYTES = 18;
    private static final String KEY_FILE = "master.key";
    private static final String ANYTHING_STORED = "SELECT EXISTS (SELECT FROM connections) "
        + "OR EXISTS (SELECT FROM organisations WHERE webhook_secret IS NOT NULL)";

    /** After the database: its lock keeps a second process from the directory. */
    @Bean
    @DependsOn("database")
    SecretFiles secretFiles(@Value("${saddlebag.data-directory}") Path directory) {
        return new SecretFiles(directory);
    }

    /**
     * Made in a file only beside the embedded database: with another, the settings check wants it given. Never made anew where
     * something is stored under the one that was there, unless that is to be forgotten.
     */
    @Bean
    MasterKey masterKey(Environment environment, SecretFiles files, ObjectProvider<JdbcTemplate> database) {
        String given = new Settings(environment).text("saddlebag.master-key");
        if (!given.isEmpty()) {
            return MasterKey.parse("SADDLEBAG_MASTER_KEY", given);
        }
        String file = files.directory().resolve(KEY_FILE).toString();
        if (!files.has(KEY_FILE) && !new Settings(environment).flag("SADDLEBAG_FORGET_SECRETS", "saddlebag.forget-secrets")
                && database.getObject().queryForObject(ANYTHING_STORED, Boolean.class)) {
            throw new BadSettingException(file, "it is missing, and the database holds secrets that only the key in it reads",
                "Put the file back from a backup, or its content into SADDLEBAG_MASTER_KEY. If it is lost, start once with "
                    + "SADDLEBAG_FORGET_SECRETS=true: those secrets are forgotten, and to be given again");
        }
        return MasterKey.parse(file, files.readOrMake(KEY_FILE, () -> Base64.getEncoder().encodeToString(random(MasterKey.BYTES))));
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
