package dev.hadal.cli.synth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The random bits of one tensor. A word is a function of the seed, the tensor's name and the word's index, and of
 * nothing else: not of what was drawn before, nor of the other tensors, nor of how a checkpoint is cut into files. It
 * is the output of that index of SplitMix64 (Steele, Lea, Flood 2014).
 *
 * @param key where in its period the tensor begins
 */
record TensorBits(long key) {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    /** The bits of a tensor: the key is the beginning of a SHA-256 of the seed, big endian, and the name in UTF-8. */
    static TensorBits of(long seed, String tensor) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(ByteBuffer.allocate(Long.BYTES).putLong(seed).flip());
            digest.update(tensor.getBytes(StandardCharsets.UTF_8));
            return new TensorBits(ByteBuffer.wrap(digest.digest()).getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** 64 bits. */
    long word(long index) {
        long z = key + (index + 1) * GAMMA;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** A number from 0 to {@code bound - 1}; all are equally likely but for a part in 2^32. */
    int below(int bound, long index) {
        return (int) (((word(index) >>> 32) * bound) >>> 32);
    }
}
