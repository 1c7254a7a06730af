package dev.hadal.cli.synth;

/** The elements of one tensor, drawn in pieces: an element does not depend on how the pieces are cut. */
sealed interface Elements permits Codes, ExpertTable {
    /**
     * Draws elements.
     *
     * @param first index in the tensor of the first one, a multiple of {@link #together}
     * @param buffer filled from its start, little endian
     * @param count how many
     */
    void draw(long first, byte[] buffer, int count);

    /** Elements that are drawn together, so that every piece but the last is a multiple of them. */
    int together();
}
