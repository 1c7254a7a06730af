package dev.hadal.sample;

/**
 * The random numbers of sampling: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as
 * 1, 2, 3", 2011), a keyed hash of a counter. Having no state, a number depends on nothing but its arguments: neither
 * on what was drawn before nor on who else is served at the time. An object is only memory to compute in.
 */
final class CounterRandom {
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int KEY_STEP_0 = 0x9E3779B9;
    private static final int KEY_STEP_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;
    private static final double UNIT_53 = 0x1p-53;

    private final int[] block = new int[4];

    /**
     * A number from 0 inclusive to 1 exclusive, with all 53 bits of a double.
     *
     * @param seed     key
     * @param choice   which of several answers to the same prompt
     * @param position position in the sequence of the token to be chosen
     */
    double uniform(long seed, int choice, long position) {
        block[0] = (int) position;
        block[1] = (int) (position >>> 32);
        block[2] = choice;
        block[3] = 0;
        philox(block, seed);
        long bits = Integer.toUnsignedLong(block[0]) << 32 | Integer.toUnsignedLong(block[1]);
        return (bits >>> 11) * UNIT_53;
    }

    /** Hashes a counter of four words, lowest first, in place under the key, and returns it. */
    static int[] philox(int[] counter, long key) {
        int key0 = (int) key;
        int key1 = (int) (key >>> 32);
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = MULTIPLIER_0 * Integer.toUnsignedLong(counter[0]);
            long product1 = MULTIPLIER_1 * Integer.toUnsignedLong(counter[2]);
            counter[0] = (int) (product1 >>> 32) ^ counter[1] ^ key0;
            counter[1] = (int) product1;
            counter[2] = (int) (product0 >>> 32) ^ counter[3] ^ key1;
            counter[3] = (int) product0;
            key0 += KEY_STEP_0;
            key1 += KEY_STEP_1;
        }
        return counter;
    }
}
