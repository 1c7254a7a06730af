package dev.hadal.engine;

/**
 * Ends a generation by what was chosen so far. Called inside the step, once for each chosen id and in their order, so
 * that where a generation ends, and what it used, does not depend on how fast it is read.
 */
@FunctionalInterface
public interface StopRule {
    /**
     * Takes note of an id.
     *
     * @return true if the generation ends with this id
     */
    boolean accept(int id);
}
