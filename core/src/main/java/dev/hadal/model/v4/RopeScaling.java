package dev.hadal.model.v4;

/**
 * YaRN, used in every layer with compressed entries (architecture.md 3.1).
 *
 * @param factor by which low frequencies are divided
 * @param betaFast turns within the original length above which a frequency is kept
 * @param betaSlow turns below which it is divided
 * @param originalMaxPositionEmbeddings length of pre-training
 */
public record RopeScaling(double factor, double betaFast, double betaSlow, int originalMaxPositionEmbeddings) {}
