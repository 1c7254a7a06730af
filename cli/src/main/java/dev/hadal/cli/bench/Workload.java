package dev.hadal.cli.bench;

/**
 * What is timed: tokens of one or several sequences that are all at the same depth.
 *
 * @param kind reading a prompt, or one token after another
 * @param tokens of each sequence
 * @param depth positions before the first token
 * @param parallel sequences
 */
public record Workload(Kind kind, int tokens, int depth, int parallel) {
    /** How tokens are computed. */
    public enum Kind {
        /** Many rows in a batch, logits for the last. */
        PREFILL("pp"),
        /** One row of each sequence in a batch, logits for all. */
        DECODE("tg");

        private final String label;

        Kind(String label) {
            this.label = label;
        }
    }

    /** The prompt of one sequence. */
    public static Workload prefill(int tokens, int depth) {
        return new Workload(Kind.PREFILL, tokens, depth, 1);
    }

    /** Generation for several sequences at once. */
    public static Workload decode(int tokens, int depth, int parallel) {
        return new Workload(Kind.DECODE, tokens, depth, parallel);
    }

    /** As llama-bench calls it: {@code pp512}, {@code tg64}, {@code tg64 x 8}. */
    public String name() {
        return kind.label + tokens + (parallel == 1 ? "" : " x " + parallel);
    }

    /** Tokens of all sequences. */
    public long totalTokens() {
        return (long) tokens * parallel;
    }
}
