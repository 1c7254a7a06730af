package dev.hadal.tokenizer;

/**
 * Byte-pair merging of one piece (encoding.md 2, step 5): of all adjacent pairs the one with the lowest rank is merged,
 * the leftmost on ties, until none is left.
 *
 * <p>Most pieces are tokens as they stand. There is no such shortcut in the definition, so each token is merged once
 * from its bytes, and only if that gives the token itself is it taken as a whole from then on.
 */
final class Bpe {
    /** Up to this length scanning a piece for its lowest rank is faster than keeping a queue. */
    static final int SHORT_PIECE_BYTES = 64;

    private static final byte WHOLE = 1;
    private static final byte NOT_WHOLE = 2;

    private final Vocabulary vocabulary;
    private final PairTable ranks;
    private final int[] results;

    /** By token: 0, WHOLE or NOT_WHOLE. Written without locks, as every thread would write the same value. */
    private final byte[] wholeness;

    /** Checks and indexes a file's merges over its vocabulary. */
    Bpe(TokenizerFile file, Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        ranks = new PairTable(file.merges().size());
        results = new int[file.merges().size()];
        wholeness = new byte[vocabulary.size()];
        for (int rank = 0; rank < results.length; rank++) {
            TokenizerFile.Merge merge = file.merges().get(rank);
            byte[] joined = ByteAlphabet.bytes(merge.joined());
            int seam = Math.min(merge.seam(), joined.length);
            int left = vocabulary.find(joined, 0, seam);
            int right = vocabulary.find(joined, seam, joined.length);
            results[rank] = vocabulary.find(joined, 0, joined.length);
            if (left == Vocabulary.NONE || right == Vocabulary.NONE || results[rank] == Vocabulary.NONE) {
                throw file.refuse("/model/merges/" + rank + " joins " + merge
                        + ", but these or their result are not ordinary tokens of /model/vocab");
            }
            if (!ranks.add(left, right, rank)) {
                throw file.refuse("/model/merges/" + rank + " joins " + merge + ", like an earlier one");
            }
        }
    }

    /** Appends the ids of the piece at {@code from} (inclusive) to {@code to} (exclusive), at least one byte. */
    void encode(byte[] text, int from, int to, Encoding out) {
        if (to - from > SHORT_PIECE_BYTES) {
            new LongPiece(this, out).encode(text, from, to);
            return;
        }
        int token = vocabulary.find(text, from, to);
        if (token != Vocabulary.NONE && wholeness[token] == WHOLE) {
            out.operations++;
            out.add(token);
            return;
        }
        int before = out.size();
        encodeShort(text, from, to, out);
        if (token != Vocabulary.NONE) {
            wholeness[token] = out.size() == before + 1 ? WHOLE : NOT_WHOLE;
        }
    }

    int symbol(byte value) {
        return vocabulary.idOfByte(value);
    }

    /** The rank at which two adjacent symbols merge, or {@link PairTable#NONE}, which is above every rank. */
    int rank(int left, int right) {
        return ranks.get(left, right);
    }

    /** The symbol that the merge of a rank gives. */
    int result(int rank) {
        return results[rank];
    }

    private void encodeShort(byte[] text, int from, int to, Encoding out) {
        int[] symbols = out.symbols;
        int[] pairRanks = out.ranks;
        int last = to - from - 1;
        for (int i = 0; i <= last; i++) {
            symbols[i] = symbol(text[from + i]);
        }
        for (int i = 0; i < last; i++) {
            pairRanks[i] = rank(symbols[i], symbols[i + 1]);
        }
        while (last > 0) {
            out.operations += last;
            int best = lowest(pairRanks, last);
            if (pairRanks[best] == PairTable.NONE) {
                break;
            }
            symbols[best] = result(pairRanks[best]);
            System.arraycopy(symbols, best + 2, symbols, best + 1, last - best - 1);
            System.arraycopy(pairRanks, best + 1, pairRanks, best, last - best - 1);
            last--;
            if (best > 0) {
                pairRanks[best - 1] = rank(symbols[best - 1], symbols[best]);
            }
            if (best < last) {
                pairRanks[best] = rank(symbols[best], symbols[best + 1]);
            }
        }
        for (int i = 0; i <= last; i++) {
            out.add(symbols[i]);
        }
    }

    private static int lowest(int[] ranks, int count) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            if (ranks[i] < ranks[best]) {
                best = i;
            }
        }
        return best;
    }
}
