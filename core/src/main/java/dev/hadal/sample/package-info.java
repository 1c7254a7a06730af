/**
 * From logits to a token id. Read {@link dev.hadal.sample.SamplingParams}, then {@link dev.hadal.sample.Sampler},
 * which states the order of operations; {@link dev.hadal.sample.Descending} and
 * {@link dev.hadal.sample.CounterRandom} are its two tools.
 */
package dev.hadal.sample;
