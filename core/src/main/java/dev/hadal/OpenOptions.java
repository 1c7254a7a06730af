package dev.hadal;

import dev.hadal.chat.EffortRules;
import dev.hadal.engine.EngineOptions;
import dev.hadal.kernel.KernelChoice;
import dev.hadal.model.NumericsMode;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * How a model is run. None of it changes a result but {@code numerics} and {@code rules}.
 *
 * @param numerics what is rounded; {@link NumericsMode#QAT} is the model that was trained, {@link NumericsMode#W4A8} the
 *     same with faster products
 * @param threads threads that compute; 0 for as many as there are processors
 * @param kernels which kernels to compute with
 * @param weights where the weights are
 * @param batchRows tokens of a prompt that are computed at a time; memory for intermediate values grows with it
 * @param rules what the reasoning efforts write into a prompt; null for those the checkpoint was released with
 * @param engine how answers share the model; its vocabulary is the tokenizer's
 * @param notices told once, in a sentence, of anything left out, slow or fallen back
 * @param loading told, from 0 to 1, which share of the weights has been copied into memory
 */
public record OpenOptions(
        NumericsMode numerics,
        int threads,
        KernelChoice kernels,
        WeightPlacement weights,
        int batchRows,
        @Nullable EffortRules rules,
        EngineOptions engine,
        Consumer<String> notices,
        DoubleConsumer loading) {
    private static final int BATCH_ROWS = 512;

    /** Checks the numbers. */
    public OpenOptions {
        if (threads < 0 || threads > 1024) {
            throw new IllegalArgumentException("threads must be from 0 (all processors) to 1024, but is " + threads);
        }
        if (batchRows < 1 || batchRows > 4096) {
            throw new IllegalArgumentException("batch rows must be from 1 to 4096, but is " + batchRows);
        }
    }

    /** All processors, the fastest kernels, notices unheard. */
    public static OpenOptions defaults() {
        return new OpenOptions(
                NumericsMode.W4A8,
                0,
                KernelChoice.AUTO,
                WeightPlacement.AUTO,
                BATCH_ROWS,
                null,
                EngineOptions.defaults(),
                notice -> {},
                share -> {});
    }

    /** These with another rounding. */
    public OpenOptions withNumerics(NumericsMode other) {
        return new OpenOptions(other, threads, kernels, weights, batchRows, rules, engine, notices, loading);
    }

    /** These with another number of threads. */
    public OpenOptions withThreads(int other) {
        return new OpenOptions(numerics, other, kernels, weights, batchRows, rules, engine, notices, loading);
    }

    /** These with other kernels. */
    public OpenOptions withKernels(KernelChoice other) {
        return new OpenOptions(numerics, threads, other, weights, batchRows, rules, engine, notices, loading);
    }

    /** These with the weights elsewhere. */
    public OpenOptions withWeights(WeightPlacement other) {
        return new OpenOptions(numerics, threads, kernels, other, batchRows, rules, engine, notices, loading);
    }

    /** These with another batch size. */
    public OpenOptions withBatchRows(int other) {
        return new OpenOptions(numerics, threads, kernels, weights, other, rules, engine, notices, loading);
    }

    /** These with another rule set. */
    public OpenOptions withRules(EffortRules other) {
        return new OpenOptions(numerics, threads, kernels, weights, batchRows, other, engine, notices, loading);
    }

    /** These with another engine. */
    public OpenOptions withEngine(EngineOptions other) {
        return new OpenOptions(numerics, threads, kernels, weights, batchRows, rules, other, notices, loading);
    }

    /** These with another listener. */
    public OpenOptions withNotices(Consumer<String> other) {
        return new OpenOptions(numerics, threads, kernels, weights, batchRows, rules, engine, other, loading);
    }

    /** These with another listener to the loading. */
    public OpenOptions withLoading(DoubleConsumer other) {
        return new OpenOptions(numerics, threads, kernels, weights, batchRows, rules, engine, notices, other);
    }

    /** Threads to start. */
    int threadCount() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }
}
