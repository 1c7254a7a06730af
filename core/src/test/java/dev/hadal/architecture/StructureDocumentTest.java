package dev.hadal.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Keeps {@code docs/structure.md} true: each class that it names exists, in the package that its table gives. */
final class StructureDocumentTest {
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    /** A class as prose names it: {@code Chat}, {@code Chat.start}, {@code Segment.Text}. */
    private static final Pattern CLASS = Pattern.compile("([A-Z]\\w*[a-z]\\w*)(?:\\.\\w+)*");

    private static final Pattern ROW = Pattern.compile("\\|\\s*[^|]*\\|\\s*`(dev\\.hadal[\\w.]*)`\\s*\\|(.*)\\|.*");

    private static final String DOCUMENT = SourceTree.read(SourceTree.root().resolve("docs/structure.md"));

    @Test
    void everyClassOfTheDocumentIsWhereItsTableSays() {
        assertThat(complaints(DOCUMENT, sourceClasses())).isEmpty();
    }

    @Test
    void everyPackageHasARow() {
        assertThat(packages(table(DOCUMENT))).containsAll(packages(sourceClasses()));
    }

    @Test
    void noticesMovedLostAndUnlistedClasses() {
        String document = """
                `Chat` asks `Engine.step`, then `Orphan`; `--flag` and `x.json` are no classes.
                | level | package | classes |
                |---|---|---|
                | 4 | `dev.hadal` | `Chat` |
                | 3 | `dev.hadal.engine` | `Engine`, `Gone` |
                """;
        assertThat(complaints(
                        document,
                        Map.of("Chat", Set.of("dev.hadal.chat"), "Engine", Set.of("dev.hadal.engine", "dev.hadal"))))
                .containsExactly(
                        "Chat is in dev.hadal.chat, the table says dev.hadal",
                        "Gone does not exist, the table says dev.hadal.engine",
                        "Orphan is named but in no row of the table");
    }

    private static Set<String> packages(Map<String, Set<String>> classes) {
        return classes.values().stream().flatMap(Set::stream).collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> complaints(String document, Map<String, Set<String>> sources) {
        Map<String, Set<String>> table = table(document);
        List<String> complaints = new ArrayList<>();
        table.forEach((name, rows) -> rows.forEach(row -> {
            Set<String> actual = sources.getOrDefault(name, Set.of());
            if (actual.isEmpty()) {
                complaints.add("%s does not exist, the table says %s".formatted(name, row));
            } else if (!actual.contains(row)) {
                complaints.add("%s is in %s, the table says %s".formatted(name, String.join(" and ", actual), row));
            }
        }));
        classes(document).stream()
                .filter(name -> !table.containsKey(name))
                .map(name -> name + " is named but in no row of the table")
                .forEach(complaints::add);
        return complaints;
    }

    /** Class name to packages, from the rows of the document's table. */
    private static Map<String, Set<String>> table(String document) {
        Map<String, Set<String>> table = new LinkedHashMap<>();
        ROW.matcher(document)
                .results()
                .forEach(row -> classes(row.group(2))
                        .forEach(name -> table.computeIfAbsent(name, _ -> new TreeSet<>())
                                .add(row.group(1))));
        return table;
    }

    private static Set<String> classes(String text) {
        return CODE.matcher(text)
                .results()
                .map(code -> CLASS.matcher(code.group(1)))
                .filter(java.util.regex.Matcher::matches)
                .map(MatchResult::group)
                .map(name -> name.contains(".") ? name.substring(0, name.indexOf('.')) : name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Top-level class name to packages, from the source tree. */
    private static Map<String, Set<String>> sourceClasses() {
        return SourceTree.mainSources().stream()
                .filter(file -> !file.endsWith("module-info.java") && !file.endsWith("package-info.java"))
                .collect(Collectors.groupingBy(
                        SourceTree::simpleName,
                        Collectors.mapping(
                                file -> SourceTree.packageOf(SourceTree.read(file)),
                                Collectors.toCollection(TreeSet::new))));
    }
}
