package io.saddlebag.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of what is proved of a push has a row for each guarantee, and the tests that it names exist. */
class PushProofsPageTest {

    private static final Path PAGE = Path.of("docs/concepts/push-proofs.md");
    private static final Path TESTS = Path.of("src/test/java");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| ([PM]\\d+) \\| ([^|]+) \\| ([^|]+) \\|$");
    private static final Pattern TEST = Pattern.compile("`(\\w+)#(\\w+)`");
    /** A row without a test says how the guarantee is shown, or that it is not. */
    private static final Pattern NO_TEST = Pattern.compile("^(by command: `[^`]+`|not shown yet)");

    @Test
    void everyGuaranteeHasOneRow() {
        List<String> ids = Stream.concat(IntStream.rangeClosed(1, 50).mapToObj(n -> "P" + n), IntStream.rangeClosed(1, 8).mapToObj(n -> "M" + n)).toList();
        assertThat(rows()).extracting(row -> row.group(1)).containsExactlyElementsOf(ids);
    }

    @Test
    void everyRowNamesATestOrSaysThatItHasNone() {
        assertThat(rows()).isNotEmpty().allSatisfy(row -> assertThat(TEST.matcher(row.group(3)).find() || NO_TEST.matcher(row.group(3)).find()).as(row.group()).isTrue());
    }

    @Test
    void everyTestThatIsNamedExists() throws IOException {
        List<String> missing = new ArrayList<>();
        List<MatchResult> named = TEST.matcher(Pages.read(PAGE)).results().toList();
        for (MatchResult test : named) {
            try (Stream<Path> files = Files.walk(TESTS)) {
                if (files.filter(file -> file.endsWith(test.group(1) + ".java")).noneMatch(file -> Pages.read(file).contains("void " + test.group(2) + "("))) {
                    missing.add(test.group(1) + "#" + test.group(2));
                }
            }
        }
        assertThat(missing).isEmpty();
        assertThat(named).hasSizeGreaterThan(50);
    }

    private static List<MatchResult> rows() {
        return ROW.matcher(Pages.read(PAGE)).results().toList();
    }
}
