package dev.hadal.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.architecture.SourceBlocks.Method;
import org.junit.jupiter.api.Test;

final class SourceBlocksTest {
    private static final String SOURCE = """
            package p;

            /** Not a method: { } */
            @Deprecated
            record Range(int from, int to) {
                private static final int[] TABLE = {1, 2};
                private static final Runnable NOTHING = () -> {};

                /** Compact. */
                Range {
                    if (from > to) {
                        throw new IllegalArgumentException("from } to");
                    }
                }

                static {
                    Math.abs(1);
                }

                @Override
                public String toString() {
                    // one } more
                    char brace = '}';
                    return new Object() {
                        @Override
                        public String toString() {
                            return \"\"\"
                                    text {
                                    \"\"\" + brace;
                        }
                    }.toString();
                }

                interface Nested<T extends Comparable<T>> {
                    int count(T of);

                    default int twice(
                            T of, @Names({"a", "b"}) int extra)
                            throws java.io.IOException, InterruptedException {
                        for (int i = 0; i < 2; i++) {
                            switch (i) {
                                default -> {}
                            }
                        }
                        return 2 * count(of);
                    }
                }
            }
            """;

    @Test
    void findsMethodsWithTheirLinesAndNothingElse() {
        assertThat(SourceBlocks.methods(SOURCE))
                .containsExactly(
                        new Method("Range", 10, 5), new Method("toString", 20, 13), new Method("twice", 37, 10));
    }

    @Test
    void readsPastTextBlocksOfAnyLength() {
        String block = "\"\"\"\n" + "{ \"quoted\" \\\"\"\" \\\n".repeat(20_000) + "\"\"\"";
        assertThat(SourceBlocks.methods("class A {\n    String t = " + block + ";\n    void m() {\n    }\n}\n"))
                .containsExactly(new Method("m", 20_004, 2));
    }
}
