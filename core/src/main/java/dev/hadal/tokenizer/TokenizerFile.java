package dev.hadal.tokenizer;

import java.util.List;

/**
 * What a {@code tokenizer.json} says, before the tokens are checked against each other. Everything else in the file has
 * been compared with {@link TokenizerStructure}.
 *
 * @param origin the file's name in messages
 * @param added the added tokens in file order
 * @param entries the vocabulary in file order
 * @param merges the merges, the lowest rank first
 */
record TokenizerFile(String origin, List<AddedToken> added, List<Entry> entries, List<Merge> merges) {
    /** Copies the lists. */
    TokenizerFile {
        added = List.copyOf(added);
        entries = List.copyOf(entries);
        merges = List.copyOf(merges);
    }

    /**
     * One vocabulary entry.
     *
     * @param spelling the token in {@link ByteAlphabet} characters
     * @param id its token id, below {@link PairTable#LIMIT}
     */
    record Entry(String spelling, int id) {}

    /**
     * Two tokens that are joined when adjacent.
     *
     * @param joined the spelling of their result
     * @param seam where in it the right token begins
     */
    record Merge(String joined, int seam) {
        static Merge of(String left, String right) {
            return new Merge(left.concat(right), left.length());
        }

        @Override
        public String toString() {
            return '"' + joined.substring(0, seam) + "\" and \"" + joined.substring(seam) + '"';
        }
    }

    /** A refusal of this file. */
    TokenizerException refuse(String reason) {
        return refuse(origin, reason);
    }

    /** A refusal of the file named {@code origin}; nobody is expected to repair one by hand. */
    static TokenizerException refuse(String origin, String reason) {
        return new TokenizerException(message(origin, reason));
    }

    /** What {@link #refuse} says. */
    static String message(String origin, String reason) {
        return origin + ": " + reason + "; use the tokenizer.json published with a DeepSeek-V4 checkpoint";
    }
}
