package dev.hadal.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.architecture.Budget.SourceFile;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BudgetTest {
    @Test
    void theProductKeepsItsBudget() {
        Budget budget = Budget.ofProject();
        System.out.println(budget.report());
        assertThat(budget.files()).anyMatch(file -> file.path().endsWith("DType.java"));
        assertThat(budget.excesses()).isEmpty();
    }

    @Test
    void acceptsWhatIsExactlyAtTheLimit() {
        assertThat(new Budget(padded(
                                file("a.b", "A.java", 500),
                                file("a.kernel", "K.java", 700),
                                method("m", 60),
                                method("forward", 100)))
                        .excesses())
                .isEmpty();
    }

    @Test
    void namesFilesAndMethodsThatAreTooLong() {
        assertThat(new Budget(padded(
                                file("a.b", "A.java", 501),
                                file("a.kernel", "K.java", 701),
                                method("m", 61),
                                method("forward", 101)))
                        .excesses())
                .containsExactly(
                        "A.java has 501 lines, at most 500",
                        "K.java has 701 lines, at most 700",
                        "m.java:3 m has 61 lines, at most 60",
                        "forward.java:3 forward has 101 lines, at most 100");
    }

    @Test
    void refusesMoreThanOneLongFileInTen() {
        List<SourceFile> files = new ArrayList<>(padded(file("a", "A.java", 300), file("a", "B.java", 300)));
        assertThat(new Budget(files).excesses()).isEmpty();
        files.removeLast();
        assertThat(new Budget(files).excesses())
                .containsExactly("2 of 19 files have 300 lines or more, at most one in ten");
    }

    @Test
    void reportsLinesByPackageAndTheLongestFiles() {
        Budget budget = new Budget(List.of(file("a", "A.java", 10), file("b", "B.java", 30), file("a", "C.java", 20)));
        assertThat(budget.report()).isEqualToNormalizingNewlines("""
                        main lines by package:
                             30  a
                             30  b
                             60  in 3 files
                        longest files:
                             30  B.java
                             20  C.java
                             10  A.java
                        """);
    }

    /** The given files among so many short ones that the share of long files is a tenth. */
    private static List<SourceFile> padded(SourceFile... files) {
        List<SourceFile> all = new ArrayList<>(List.of(files));
        while (all.size() < 20) {
            all.add(file("short", "S.java", 1));
        }
        return all;
    }

    private static SourceFile file(String packageName, String path, int lines) {
        return new SourceFile(path, "package " + packageName + ";\n" + "\n".repeat(lines - 1));
    }

    private static SourceFile method(String name, int lines) {
        String body = "        int x;\n".repeat(lines - 2);
        return new SourceFile(
                name + ".java", "package a;\nclass M {\n    void " + name + "() {\n" + body + "    }\n}\n");
    }
}
