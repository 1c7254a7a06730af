package dev.hadal.cli.bench;

import dev.hadal.checkpoint.Checkpoint;
import dev.hadal.checkpoint.ModelFiles;
import dev.hadal.kernel.Compute;
import dev.hadal.kernel.KernelChoice;
import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.Kernels;
import dev.hadal.kernel.WarmingKernels;
import dev.hadal.model.NumericsMode;
import dev.hadal.model.v4.DeepSeekV4;
import dev.hadal.model.v4.V4Binder;
import dev.hadal.model.v4.V4Config;
import dev.hadal.model.v4.V4Plan;
import dev.hadal.model.v4.WeightReads;
import dev.hadal.tensor.Tensor;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A model opened to be measured: without tokenizer, and with its kernels at hand. */
public final class BenchedModel implements AutoCloseable {
    private static final int WARM_UP_SECONDS = 60;

    private final Checkpoint checkpoint;
    private final V4Config config;
    private final Kernels kernels;
    private final DeepSeekV4 model;

    /**
     * How to run it.
     *
     * @param numerics what is rounded
     * @param threads that compute
     * @param batchRows most rows of a batch
     */
    public record Options(NumericsMode numerics, int threads, int batchRows) {}

    private BenchedModel(Checkpoint checkpoint, Options options, Consumer<String> warnings) {
        this.checkpoint = checkpoint;
        this.config = V4Config.parse(checkpoint.configJson(), checkpoint.configOrigin());
        this.kernels = KernelSelector.select(KernelChoice.AUTO, warnings);
        this.model = new DeepSeekV4(
                config,
                V4Binder.bind(checkpoint, config),
                new Compute(kernels, options.threads()),
                new DeepSeekV4.Options(options.numerics(), options.batchRows(), "bench"));
    }

    /** Opens a model; its files are closed with it. */
    public static BenchedModel open(ModelFiles files, Options options, Consumer<String> warnings) {
        Checkpoint checkpoint = Checkpoint.open(files);
        try {
            return new BenchedModel(checkpoint, options, warnings);
        } catch (RuntimeException | Error e) {
            checkpoint.close();
            throw e;
        }
    }

    /** Waits until it is decided which kernels compute, and names them. */
    public String settledKernels() throws InterruptedException {
        return kernels instanceof WarmingKernels warming
                ? warming.status(WARM_UP_SECONDS, TimeUnit.SECONDS)
                : kernels.name();
    }

    /** The model. */
    public DeepSeekV4 model() {
        return model;
    }

    /** Its configuration. */
    public V4Config config() {
        return config;
    }

    /** Where its files are. */
    public String origin() {
        return checkpoint.files().origin();
    }

    /** Bytes of its files. */
    public long fileBytes() {
        return checkpoint.totalBytes();
    }

    /** What it costs by its configuration. */
    public V4Plan plan() {
        return V4Plan.of(config);
    }

    /** Bytes of weights that a batch reads, in the formats that the files have. */
    public WeightReads reads() {
        return WeightReads.of(
                config, checkpoint.tensors().values().stream().map(Tensor::spec).toList());
    }

    /** The formats of the files' tensors, in alphabetical order. */
    public List<String> formats() {
        return checkpoint.tensors().values().stream()
                .map(tensor -> tensor.dtype().name())
                .distinct()
                .sorted()
                .toList();
    }

    @Override
    public void close() {
        model.close();
        if (kernels instanceof WarmingKernels warming) {
            warming.close();
        }
        checkpoint.close();
    }
}
