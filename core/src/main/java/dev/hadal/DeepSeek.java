package dev.hadal;

import dev.hadal.chat.EffortRules;
import dev.hadal.chat.V4PromptEncoder;
import dev.hadal.checkpoint.Checkpoint;
import dev.hadal.checkpoint.CheckpointException;
import dev.hadal.checkpoint.DirectoryFiles;
import dev.hadal.checkpoint.ModelFiles;
import dev.hadal.engine.Engine;
import dev.hadal.engine.EngineOptions;
import dev.hadal.kernel.Compute;
import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.Kernels;
import dev.hadal.kernel.WarmingKernels;
import dev.hadal.model.v4.DeepSeekV4;
import dev.hadal.model.v4.V4Binder;
import dev.hadal.model.v4.V4Config;
import dev.hadal.model.v4.V4Weights;
import dev.hadal.tensor.Tensor;
import dev.hadal.tensor.TensorSpec;
import dev.hadal.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An open model: weights mapped, threads started, ready to answer.
 *
 * <p>Any number of answers may run on one model; they are computed together and none changes another's result.
 */
public final class DeepSeek implements AutoCloseable {
    private static final String TOKENIZER = "tokenizer.json";
    private static final long MAX_TOKENIZER_BYTES = 64L << 20;
    private static final long LEAST_STATE_BYTES = 64L << 20;

    private final Checkpoint checkpoint;
    private final DeepSeekV4 model;
    private final Kernels kernels;
    private final ModelInfo info;
    private final GenerationDefaults defaults;
    private final EngineOptions engineOptions;
    private final long copiedBytes;
    private @Nullable Tokenizer tokenizer;
    private @Nullable Engine engine;
    private @Nullable Chat chat;
    private boolean closed;

    private DeepSeek(Checkpoint checkpoint, OpenOptions options) {
        this.checkpoint = checkpoint;
        this.engineOptions = options.engine();
        V4Config config = V4Config.parse(checkpoint.configJson(), checkpoint.configOrigin());
        V4Weights weights = V4Binder.bind(checkpoint, config);
        EffortRules rules = options.rules();
        this.info = new ModelInfo(
                checkpoint.files().origin(),
                config,
                rules == null ? releasedRules(weights) : rules,
                notes(config, weights));
        info.notes().forEach(options.notices());
        this.defaults = GenerationDefaults.of(checkpoint.files());
        this.kernels = KernelSelector.select(options.kernels(), options.notices());
        boolean copied = options.weights().copies(checkpoint.tensorBytes(), options.notices());
        this.copiedBytes = copied ? WeightPlacement.copyBytes(checkpoint.tensorBytes()) : 0;
        this.model = new DeepSeekV4(
                config,
                weights,
                new Compute(kernels, options.threadCount()),
                new DeepSeekV4.Options(
                        options.numerics(), options.batchRows(), copied, checkpoint::fingerprint, options.loading()));
    }

    /** The rule set that a checkpoint came with: releases with the DSpark draft are the later ones (encoding.md 7). */
    private static EffortRules releasedRules(V4Weights weights) {
        return weights.hasDspark() ? EffortRules.GA : EffortRules.PREVIEW;
    }

    private static List<String> notes(V4Config config, V4Weights weights) {
        List<String> notes = new ArrayList<>(weights.notes());
        if (!config.ignoredKeys().isEmpty()) {
            notes.add("config.json has keys that are not used: " + String.join(", ", config.ignoredKeys()));
        }
        return List.copyOf(notes);
    }

    /**
     * Opens a directory as published on Hugging Face.
     *
     * @throws CheckpointException naming the file and what is wrong with it
     */
    public static DeepSeek open(Path directory) {
        return open(directory, OpenOptions.defaults());
    }

    /** Opens a directory with options. */
    public static DeepSeek open(Path directory, OpenOptions options) {
        return open(DirectoryFiles.open(directory), options);
    }

    /** Opens a model whose files come from anywhere; they are closed with it. */
    public static DeepSeek open(ModelFiles files, OpenOptions options) {
        Checkpoint checkpoint = Checkpoint.open(files);
        try {
            return new DeepSeek(checkpoint, options);
        } catch (RuntimeException | Error e) {
            checkpoint.close();
            throw e;
        }
    }

    /**
     * Conversations with this model: one object, closed with this one, whose answers share one engine and one cache.
     *
     * @throws CheckpointException if the checkpoint has no tokenizer or another model's
     */
    public synchronized Chat chat() {
        Chat opened = chat;
        if (opened == null) {
            ChatProfile profile = new ChatProfile(
                    info.origin(), info.size(), new V4PromptEncoder(), info.rules(), defaults.sampling(), Map.of());
            Tokenizer words = tokenizer();
            opened = new Chat(model, engine(), words, profile, false);
            chat = opened;
        }
        return opened;
    }

    /** The engine behind {@link #chat}, for work with ids; closed with this object. */
    public synchronized Engine engine() {
        Engine started = engine;
        if (started == null) {
            if (closed) {
                throw new IllegalStateException("the model is closed");
            }
            // A checkpoint may have more rows than its tokenizer has ids; those rows were never trained.
            int vocabulary = checkpoint.files().exists(TOKENIZER) ? tokenizer().vocabularySize() : 0;
            started = new Engine(
                    model, engineOptions.withVocabulary(vocabulary).withStateBudgetBytes(stateBudgetBytes()));
            engine = started;
        }
        return started;
    }

    /** Memory for states: what was asked for, or else half of the heap that weights and intermediate values leave. */
    private long stateBudgetBytes() {
        if (engineOptions.stateBudgetBytes() > 0) {
            return engineOptions.stateBudgetBytes();
        }
        long left = Runtime.getRuntime().maxMemory() - copiedBytes - model.scratchBytes();
        return Math.max(LEAST_STATE_BYTES, left / 2);
    }

    /**
     * The model's tokenizer, read when first needed.
     *
     * @throws CheckpointException if the checkpoint has none or it is another model's
     */
    public synchronized Tokenizer tokenizer() {
        Tokenizer loaded = tokenizer;
        if (loaded == null) {
            ModelFiles files = checkpoint.files();
            if (!files.exists(TOKENIZER)) {
                throw new CheckpointException(
                        files.origin(), "has no " + TOKENIZER, "Text needs it; token ids can do without");
            }
            String origin = files.origin() + ": " + TOKENIZER;
            loaded = Tokenizer.parse(files.read(TOKENIZER, MAX_TOKENIZER_BYTES), origin);
            if (loaded.vocabularySize() > info.config().vocabSize()) {
                throw new CheckpointException(
                        origin,
                        "has " + loaded.vocabularySize() + " ids, but the model has "
                                + info.config().vocabSize(),
                        "Take the tokenizer of the same model");
            }
            tokenizer = loaded;
        }
        return loaded;
    }

    /** The model itself; not to be used once there is an {@link #engine}. */
    public DeepSeekV4 model() {
        return model;
    }

    /** What is being run. */
    public ModelInfo info() {
        return info;
    }

    /** The kernels in use at this moment. */
    public String kernels() {
        return kernels.name();
    }

    /**
     * Waits until it is decided which kernels compute, as a measurement must, and names them; where they are not the
     * fast ones, with the reason.
     */
    public String settledKernels(Duration patience) throws InterruptedException {
        return kernels instanceof WarmingKernels warming
                ? warming.status(patience.toNanos(), TimeUnit.NANOSECONDS)
                : kernels.name();
    }

    /** What the files hold, file by file. */
    public List<TensorSpec> tensors() {
        return checkpoint.tensors().values().stream().map(Tensor::spec).toList();
    }

    /** What the model's makers recommend. */
    public GenerationDefaults defaults() {
        return defaults;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (engine != null) {
            engine.close();
        }
        model.close();
        if (kernels instanceof WarmingKernels warming) {
            warming.close();
        }
        checkpoint.close();
    }
}
