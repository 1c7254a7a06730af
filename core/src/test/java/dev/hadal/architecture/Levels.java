package dev.hadal.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The package table of {@code core}: what each package may use, with arrows that only point to a lower level.
 * The root package, written as the empty name, may use everything.
 */
final class Levels extends ArchCondition<JavaClass> {
    /** For each package under the root: its level, and the packages of the product that it may use. */
    static final Map<String, Level> TABLE = Map.ofEntries(
            Map.entry("tensor", new Level(0)),
            Map.entry("tokenizer", new Level(0).withJson()),
            Map.entry("sample", new Level(0)),
            Map.entry("kernel", new Level(1, "tensor").withVectors()),
            Map.entry("checkpoint", new Level(1, "tensor").withJson()),
            Map.entry("model", new Level(1, "tensor")),
            Map.entry("chat", new Level(1, "tokenizer").withJson()),
            Map.entry("model.v4", new Level(2, "model", "kernel", "checkpoint", "tensor").withJson()),
            Map.entry("cache", new Level(2, "model", "tensor")),
            Map.entry("grammar", new Level(2, "sample", "tokenizer", "chat")),
            Map.entry("engine", new Level(3, "model", "cache", "sample").withEvents()));

    private static final String JSON = "tools.jackson";
    private static final String EVENTS = "jdk.jfr";
    private static final String VECTORS = "jdk.incubator.vector";

    private final String root;

    /**
     * @param root the package that the table hangs from
     */
    Levels(String root) {
        super("use only the packages that the level table allows");
        this.root = root;
    }

    @Override
    public void check(JavaClass origin, ConditionEvents events) {
        String from = below(origin.getPackageName());
        if (from.isEmpty()) {
            return;
        }
        Level level = TABLE.get(from);
        if (level == null) {
            events.add(SimpleConditionEvent.violated(
                    origin, origin.getName() + " is in package '" + from + "', which has no row in the level table"));
            return;
        }
        for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
            String target = dependency.getTargetClass().getBaseComponentType().getPackageName();
            if (!target.isEmpty() && !allowed(from, level, target)) {
                events.add(SimpleConditionEvent.violated(origin, dependency.getDescription()));
            }
        }
    }

    private boolean allowed(String from, Level level, String target) {
        if (inside(target, root)) {
            String to = below(target);
            return to.equals(from) || level.uses().contains(to);
        }
        return level.others().stream().anyMatch(other -> inside(target, other));
    }

    private String below(String packageName) {
        return packageName.equals(root) ? "" : packageName.substring(root.length() + 1);
    }

    private static boolean inside(String packageName, String ancestor) {
        return packageName.equals(ancestor) || packageName.startsWith(ancestor + ".");
    }

    /**
     * One row of the table.
     *
     * @param height 0 at the bottom
     * @param uses packages of the product
     * @param others packages of the JDK and of libraries, with everything below them
     */
    record Level(int height, Set<String> uses, List<String> others) {
        Level(int height, String... uses) {
            this(height, Set.of(uses), List.of("java", "org.jspecify"));
        }

        Level withJson() {
            return with(JSON);
        }

        Level withVectors() {
            return with(VECTORS);
        }

        Level withEvents() {
            return with(EVENTS);
        }

        private Level with(String other) {
            return new Level(
                    height,
                    uses,
                    Stream.concat(others.stream(), Stream.of(other)).toList());
        }
    }

    /** The rows that break the table's own law: a package may use only lower levels. */
    static Set<String> rowsThatPointUp() {
        return TABLE.entrySet().stream()
                .filter(row -> row.getValue().uses().stream()
                        .anyMatch(used -> TABLE.getOrDefault(used, new Level(Integer.MAX_VALUE))
                                        .height()
                                >= row.getValue().height()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }
}
