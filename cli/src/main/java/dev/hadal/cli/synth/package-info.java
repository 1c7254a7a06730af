/**
 * Checkpoints of random weights in the layout of the release, for measuring and testing without a download. It stands
 * beside the commands and not in {@code core}: no program that runs a model needs it.
 */
package dev.hadal.cli.synth;
