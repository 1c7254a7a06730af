package dev.hadal.architecture;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How large the product is and what exceeds its limits: files of at most 500 lines (700 in the kernels), nine of ten
 * below 300, methods of at most 60 lines ({@code forward} may have 100, the kernels 80: vectors stay in registers
 * only within a method).
 *
 * @param files the main sources of all modules
 */
record Budget(List<SourceFile> files) {
    private static final int SHORT_FILE_LINES = 300;
    private static final int FILE_LINES = 500;
    private static final int KERNEL_FILE_LINES = 700;
    private static final int METHOD_LINES = 60;
    private static final int KERNEL_METHOD_LINES = 80;
    private static final int FORWARD_LINES = 100;
    private static final int LISTED_FILES = 10;

    /** One source file: its path from the project root, and its text. */
    record SourceFile(String path, String text) {
        int lines() {
            return Math.toIntExact(text.lines().count());
        }

        String packageName() {
            return SourceTree.packageOf(text);
        }
    }

    static Budget ofProject() {
        Path root = SourceTree.root();
        return new Budget(SourceTree.mainSources().stream()
                .map(file -> new SourceFile(root.relativize(file).toString(), SourceTree.read(file)))
                .toList());
    }

    /** What a reviewer wants to see: lines by package, then the longest files. */
    String report() {
        Map<String, Integer> lines = files.stream()
                .collect(Collectors.groupingBy(
                        SourceFile::packageName, TreeMap::new, Collectors.summingInt(SourceFile::lines)));
        StringBuilder report = new StringBuilder("main lines by package:\n");
        lines.forEach(
                (name, count) -> report.append("%7d  %s%n".formatted(count, name.isEmpty() ? "(modules)" : name)));
        report.append("%7d  in %d files%n"
                .formatted(files.stream().mapToInt(SourceFile::lines).sum(), files.size()));
        report.append("longest files:\n");
        files.stream()
                .sorted(Comparator.comparingInt(SourceFile::lines).reversed())
                .limit(LISTED_FILES)
                .forEach(file -> report.append("%7d  %s%n".formatted(file.lines(), file.path())));
        return report.toString();
    }

    /** One line for everything that is too long; empty when the budget is kept. */
    List<String> excesses() {
        List<String> excesses = new ArrayList<>();
        for (SourceFile file : files) {
            boolean kernel = file.packageName().endsWith(".kernel");
            int limit = kernel ? KERNEL_FILE_LINES : FILE_LINES;
            if (file.lines() > limit) {
                excesses.add("%s has %d lines, at most %d".formatted(file.path(), file.lines(), limit));
            }
            for (SourceBlocks.Method method : SourceBlocks.methods(file.text())) {
                int others = kernel ? KERNEL_METHOD_LINES : METHOD_LINES;
                int methodLimit = method.name().equals("forward") ? FORWARD_LINES : others;
                if (method.lines() > methodLimit) {
                    excesses.add("%s:%d %s has %d lines, at most %d"
                            .formatted(file.path(), method.firstLine(), method.name(), method.lines(), methodLimit));
                }
            }
        }
        long longFiles =
                files.stream().filter(file -> file.lines() >= SHORT_FILE_LINES).count();
        if (longFiles * 10 > files.size()) {
            excesses.add("%d of %d files have %d lines or more, at most one in ten"
                    .formatted(longFiles, files.size(), SHORT_FILE_LINES));
        }
        return excesses;
    }
}
