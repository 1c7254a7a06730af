package dev.hadal.engine;

import dev.hadal.engine.GenerationException.Fault;
import dev.hadal.model.Logits;
import dev.hadal.sample.LogProbs;
import dev.hadal.sample.SampledSequence;
import dev.hadal.sample.Sampler;
import dev.hadal.sample.SamplingException;
import org.jspecify.annotations.Nullable;

/** What follows from a row of logits for one sequence: its next id, or its end. */
final class Chooser {
    private static final int[] NONE = {};

    private final Sampler sampler = new Sampler();
    private final int vocabulary;
    private final int context;

    /**
     * @param vocabulary ids that can be chosen
     * @param context most positions of a sequence
     */
    Chooser(int vocabulary, int context) {
        this.vocabulary = vocabulary;
        this.context = context;
    }

    /**
     * Chooses, tells the generation, and ends it where it ends; a fault of this request ends it too.
     *
     * @return false if the logits are no numbers
     */
    boolean choose(Sequence sequence, Logits logits, int row) {
        Generation generation = sequence.generation();
        int position = sequence.known();
        try {
            requireFinite(logits.values(), logits.at(row), position);
            SampledSequence rules = sequence.rules(vocabulary);
            rules.forbid(sequence.sampled() < limits(sequence).minTokens() ? stopIds(sequence) : NONE);
            int id = next(sequence, rules, logits.values(), logits.at(row));
            if (limits(sequence).stopIds().contains(id)) {
                generation.sampled(null);
                generation.end(EndReason.STOP_ID, id);
                return true;
            }
            LogProbs logProbs = logProbs(sequence, rules, logits, row, id);
            rules.accept(id);
            sequence.add(id);
            boolean stop = stops(sequence, id);
            generation.sampled(new Taken.Token(id, logProbs));
            if (stop) {
                generation.end(EndReason.STOP_RULE, -1);
            } else if (sequence.sampled() >= limits(sequence).maxTokens() || sequence.known() >= context) {
                generation.end(EndReason.LENGTH, -1);
            }
        } catch (GenerationException fault) {
            generation.fail(fault);
            return fault.fault() != Fault.NOT_FINITE;
        } catch (RuntimeException | Error e) {
            generation.fail(new GenerationException(
                    fault(sequence, e), "no token could be chosen at position " + position + ": " + reason(e), e));
        }
        return true;
    }

    private int next(Sequence sequence, SampledSequence rules, float[] values, int offset) {
        TokenLimits.ThinkingBudget thinking = limits(sequence).thinking();
        if (thinking == null || !sequence.thinking()) {
            return sampler.pick(values, offset, rules, sequence.known());
        }
        boolean overdue = sequence.sampled() >= thinking.tokens();
        int id = overdue ? thinking.closeId() : sampler.pick(values, offset, rules, sequence.known());
        if (id == thinking.closeId()) {
            sequence.thinkingEnded();
        }
        return id;
    }

    private @Nullable LogProbs logProbs(Sequence sequence, SampledSequence rules, Logits logits, int row, int id) {
        int top = sequence.request().output().topLogProbs();
        return top < 0 ? null : sampler.logProbs(logits.values(), logits.at(row), rules, sequence.known(), id, top);
    }

    private static TokenLimits limits(Sequence sequence) {
        return sequence.request().limits();
    }

    private int[] stopIds(Sequence sequence) {
        return limits(sequence).stopIds().stream()
                .mapToInt(Integer::intValue)
                .filter(id -> id >= 0 && id < vocabulary)
                .toArray();
    }

    private void requireFinite(float[] values, int offset, int position) {
        // The sum of finite floats is finite in doubles, and nothing makes a number of what is none.
        double sum = 0;
        for (int id = 0; id < vocabulary; id++) {
            sum += values[offset + id];
        }
        if (!Double.isFinite(sum)) {
            throw new GenerationException(
                    Fault.NOT_FINITE,
                    "the model computed a logit that is not a finite number for position " + position
                            + "; the weights may be damaged, compare the checkpoint's files with their origin",
                    null);
        }
    }

    private static boolean stops(Sequence sequence, int id) {
        try {
            return sequence.stopRule().accept(id);
        } catch (RuntimeException | Error e) {
            throw new GenerationException(
                    Fault.STOP_RULE,
                    "the stop rule failed on token " + id + " at position " + (sequence.known() - 1) + ": " + reason(e),
                    e);
        }
    }

    private static Fault fault(Sequence sequence, Throwable cause) {
        boolean constrained = sequence.request().output().constraints() != null;
        if (cause instanceof OutOfMemoryError) {
            return Fault.OUT_OF_MEMORY;
        }
        return constrained && (cause instanceof SamplingException || cause instanceof Error)
                ? Fault.CONSTRAINT
                : Fault.SAMPLER;
    }

    private static String reason(Throwable cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
