/**
 * From logits to a token id. Read {@link dev.hadal.sample.SamplingParams}, then {@link dev.hadal.sample.Sampler},
 * which states the order of operations. {@link dev.hadal.sample.SampledSequence} is what it knows of one sequence, a
 * {@link dev.hadal.sample.TokenConstraint} what may come next there; {@link dev.hadal.sample.Candidates} and
 * {@link dev.hadal.sample.CounterRandom} are its tools.
 */
package dev.hadal.sample;
