package dev.hadal.sample;

import java.util.Arrays;
import java.util.Objects;

/** A set of token ids below a fixed size. */
public final class TokenMask {
    private final long[] words;
    private final int size;

    /** The empty set of ids below {@code size}. */
    public TokenMask(int size) {
        if (size < 0) {
            throw new IllegalArgumentException("a mask has room for at least 0 ids, not " + size);
        }
        this.words = new long[(size + Long.SIZE - 1) / Long.SIZE];
        this.size = size;
    }

    /** The set of all ids below {@code size}. */
    public static TokenMask all(int size) {
        TokenMask mask = new TokenMask(size);
        mask.addAll();
        return mask;
    }

    /** Ids below this can be in the set. */
    public int size() {
        return size;
    }

    /** Puts an id in. */
    public void add(int id) {
        Objects.checkIndex(id, size);
        words[id >> 6] |= 1L << id;
    }

    /** Takes an id out. */
    public void remove(int id) {
        Objects.checkIndex(id, size);
        words[id >> 6] &= ~(1L << id);
    }

    /** Whether an id is in; ids that there is no room for are not. */
    public boolean contains(int id) {
        return id >= 0 && id < size && (words[id >> 6] >>> id & 1) != 0;
    }

    /** Puts every id in. */
    public void addAll() {
        Arrays.fill(words, -1);
        if (size % Long.SIZE != 0) {
            words[words.length - 1] = -1L >>> -size;
        }
    }

    /** Takes every id out. */
    public void clear() {
        Arrays.fill(words, 0);
    }

    /** Puts in what another set has. */
    public void addAll(TokenMask other) {
        requireSize(other);
        for (int i = 0; i < words.length; i++) {
            words[i] |= other.words[i];
        }
    }

    /** Keeps only what another set has too. */
    public void retainAll(TokenMask other) {
        requireSize(other);
        for (int i = 0; i < words.length; i++) {
            words[i] &= other.words[i];
        }
    }

    private void requireSize(TokenMask other) {
        if (other.size != size) {
            throw new IllegalArgumentException("masks of " + size + " and " + other.size + " ids cannot be combined");
        }
    }

    /** How many ids are in. */
    public int count() {
        int count = 0;
        for (long word : words) {
            count += Long.bitCount(word);
        }
        return count;
    }

    /** Copies values whose id is in, and puts minus infinity where it is not. */
    void select(float[] values, int offset, int length, float[] target) {
        for (int from = 0; from < length; from += Long.SIZE) {
            int to = Math.min(length, from + Long.SIZE);
            long word = from >> 6 < words.length ? words[from >> 6] : 0;
            if (word == -1) {
                System.arraycopy(values, offset + from, target, from, to - from);
            } else {
                Arrays.fill(target, from, to, Float.NEGATIVE_INFINITY);
                for (long left = word; left != 0; left &= left - 1) {
                    int id = from + Long.numberOfTrailingZeros(left);
                    if (id < to) {
                        target[id] = values[offset + id];
                    }
                }
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenMask mask && mask.size == size && Arrays.equals(mask.words, words);
    }

    @Override
    public int hashCode() {
        return 31 * size + Arrays.hashCode(words);
    }

    @Override
    public String toString() {
        return count() + " of " + size + " ids";
    }
}
