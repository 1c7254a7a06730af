package dev.hadal.model;

/**
 * What a model accepts.
 *
 * @param vocabulary number of token ids
 * @param context most positions of one sequence
 * @param batchRows most rows of one batch
 */
public record ModelLimits(int vocabulary, int context, int batchRows) {}
