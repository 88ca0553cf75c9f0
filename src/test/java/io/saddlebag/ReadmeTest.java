package io.saddlebag;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the README says and a program can check. */
class ReadmeTest {

    /** In application.yaml: ${ZOHO_REGION:us} */
    private static final Pattern SETTING = Pattern.compile("\\$\\{([A-Z_]+):([^}]*)}");
    /** In the README's table: | `ZOHO_REGION` | `us` | ... */
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| (?:`([^`]*)`|unset) \\|");

    @Test
    void itsTableHoldsEverySettingWithItsDefaultAndNoOther() throws IOException {
        assertThat(pairs(ROW, "README.md")).isEqualTo(pairs(SETTING, "config/application.yaml"));
    }

    @Test
    void thePathsThatItNamesAreThere() throws IOException {
        assertThat(Pattern.compile("`((?:routes|config|src)/[^`*<> ]*)`").matcher(Files.readString(Path.of("README.md"))).results())
            .isNotEmpty().allSatisfy(path -> assertThat(Path.of(path.group(1))).exists());
    }

    private static Map<String, String> pairs(Pattern pattern, String file) throws IOException {
        return pattern.matcher(Files.readString(Path.of(file))).results().collect(Collectors.toMap(match -> match.group(1),
            match -> match.group(2) == null ? "" : match.group(2), (first, second) -> first, TreeMap::new));
    }
}
