package dev.hadal.sample;

/**
 * How tokens that a sequence already has lose against new ones. {@link Sampler} documents the arithmetic.
 *
 * @param frequency  taken off a logit for each time that the answer has the token, -2 to 2; 0 is off
 * @param presence   taken off once if the answer has the token at all, -2 to 2; 0 is off
 * @param repetition divides a positive logit and multiplies a negative one, if prompt or answer has the token, 0.1 to
 *     10; 1 is off
 */
public record Penalties(float frequency, float presence, float repetition) {
    private static final Penalties NONE = new Penalties(0, 0, 1);
    private static final float HIGHEST = 2;
    private static final float LEAST_REPETITION = 0.1f;
    private static final float MOST_REPETITION = 10;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException naming the value and its range
     */
    public Penalties {
        requireRange("frequency penalty", frequency, -HIGHEST, HIGHEST);
        requireRange("presence penalty", presence, -HIGHEST, HIGHEST);
        requireRange("repetition penalty", repetition, LEAST_REPETITION, MOST_REPETITION);
    }

    private static void requireRange(String name, float value, float lowest, float highest) {
        // Written so that NaN fails too.
        if (!(value >= lowest && value <= highest)) {
            throw new IllegalArgumentException(
                    name + " must be from " + text(lowest) + " to " + text(highest) + ", but is " + value);
        }
    }

    private static String text(float bound) {
        return bound == (int) bound ? Integer.toString((int) bound) : Float.toString(bound);
    }

    /** No penalty. */
    public static Penalties none() {
        return NONE;
    }

    /** Whether no logit is changed. */
    public boolean isNone() {
        return frequency == 0 && presence == 0 && repetition == 1;
    }
}
