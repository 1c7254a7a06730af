package dev.hadal.server.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the list of faults and attacks against the tests: a row without its test fails the build. */
final class ReliabilityRowsTest {
    private static final Pattern TEST = Pattern.compile("\\bvoid ([a-z])(\\d+)[A-Z]\\w*\\(");
    /** The only rows that may lack a test here. */
    private static final Set<String> LEFT_OUT =
            Set.of("H13", "G10", "G11", "G12", "G13", "F6", "D8", "D11", "D13", "D16", "D18");

    private static Map<String, String> rows() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(ReliabilityRowsTest.class.getResourceAsStream("/reliability-rows.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" +", 3))
                    .collect(Collectors.toMap(row -> row[0], row -> row[1]));
        }
    }

    private static Set<String> tests() throws IOException {
        Path module = Path.of("").toAbsolutePath().endsWith("server") ? Path.of("") : Path.of("server");
        try (Stream<Path> files = Files.walk(module.resolve("src/test/java"))) {
            List<Path> sources =
                    files.filter(file -> file.toString().endsWith("Test.java")).toList();
            Set<String> tests = new TreeSet<>();
            for (Path source : sources) {
                TEST.matcher(Files.readString(source))
                        .results()
                        .map(ReliabilityRowsTest::row)
                        .forEach(tests::add);
            }
            return tests;
        }
    }

    private static String row(MatchResult match) {
        return match.group(1).toUpperCase(Locale.ROOT) + match.group(2);
    }

    @Test
    void everyRowThatIsMarkedTestedHasItsTestAndNoOtherDoes() throws IOException {
        Set<String> tested = rows().entrySet().stream()
                .filter(row -> row.getValue().equals("tested"))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(tests()).isEqualTo(tested);
    }

    @Test
    void onlyTheRowsThatWereLeftOutLackATest() throws IOException {
        Set<String> untested = rows().entrySet().stream()
                .filter(row -> !row.getValue().equals("tested"))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        assertThat(untested).isEqualTo(LEFT_OUT);
    }

    @Test
    void noRowIsForgotten() throws IOException {
        Map<String, Integer> last = Map.of("H", 16, "A", 9, "J", 14, "G", 13, "F", 6, "D", 18);
        Set<String> all = last.entrySet().stream()
                .flatMap(kind -> IntStream.rangeClosed(1, kind.getValue()).mapToObj(i -> kind.getKey() + i))
                .collect(Collectors.toSet());
        all.add("K14");
        assertThat(rows().keySet()).isEqualTo(all);
    }
}
