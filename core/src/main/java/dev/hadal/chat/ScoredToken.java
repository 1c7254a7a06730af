package dev.hadal.chat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A token and how likely it was.
 *
 * @param id its id
 * @param bytes the UTF-8 bytes it stands for, which need not be whole characters
 * @param logProb natural logarithm of its probability after temperature; negative infinity for a token that could not
 *     be chosen
 */
public record ScoredToken(int id, byte[] bytes, double logProb) {
    /** Copies the bytes. */
    public ScoredToken {
        bytes = bytes.clone();
    }

    @Override
    public byte[] bytes() {
        return bytes.clone();
    }

    /** The bytes as text; what is no character by itself becomes U+FFFD. */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ScoredToken token
                && id == token.id
                && Double.doubleToLongBits(logProb) == Double.doubleToLongBits(token.logProb)
                && Arrays.equals(bytes, token.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * id + Double.hashCode(logProb);
    }

    @Override
    public String toString() {
        return "ScoredToken[" + id + " " + text() + " " + logProb + "]";
    }
}
