package io.saddlebag.docs;

import io.saddlebag.docs.SettingsFile.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The second half of docs/reference/settings.md, made from the comments of config/application.yaml. */
class SettingsPageTest {

    private static final Path PAGE = Path.of("docs/reference/settings.md");
    private static final Path SETTINGS = Path.of("config/application.yaml");
    private static final String BEGIN = "<!-- From here on generated from config/application.yaml by SettingsPageTest; do not edit. -->\n";
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+):([^}]*)}");

    @Test
    void thePageIsUpToDate() throws IOException {
        Pages.assertUpToDate(PAGE, Pages.read(PAGE).replaceFirst("(?s)" + Pattern.quote(BEGIN) + ".*", "") + BEGIN + generated(), getClass());
    }

    private static String generated() {
        StringBuilder page = new StringBuilder("\n## All settings\n");
        String group = null;
        for (Setting setting : SettingsFile.read(SETTINGS)) {
            if (!group(setting).equals(group)) {
                group = group(setting);
                page.append("\n### ").append(group).append("\n\n| setting | default | meaning |\n|---|---|---|\n");
            }
            page.append("| `").append(setting.key()).append("` | ").append(defaultOf(setting.value())).append(" | ")
                .append(setting.comment().replace("|", "\\|").replace("<", "&lt;")).append(" |\n");
        }
        return page.toString();
    }

    /** saddlebag.pull of saddlebag.pull.cron; saddlebag of saddlebag.dev. */
    private static String group(Setting setting) {
        String[] parts = setting.key().split("\\.");
        return parts[0].equals("saddlebag") && parts.length > 2 ? parts[0] + "." + parts[1] : parts[0];
    }

    private static String defaultOf(String value) {
        Matcher variable = VARIABLE.matcher(value);
        String written = variable.matches() ? variable.group(2) : value;
        String shown = written.isEmpty() || written.equals("\"\"") ? "empty" : '`' + written.replace("|", "\\|") + '`';
        return variable.matches() ? shown + " (`" + variable.group(1) + "`)" : shown;
    }
}
