package dev.hadal.model.v4;

import dev.hadal.kernel.Compute;
import dev.hadal.kernel.Linear;
import dev.hadal.kernel.NarrowLinear;
import dev.hadal.kernel.Rows;
import dev.hadal.kernel.Selection;
import dev.hadal.model.Batch;
import dev.hadal.model.LanguageModel;
import dev.hadal.model.Logits;
import dev.hadal.model.ModelLimits;
import dev.hadal.model.NumericsMode;
import dev.hadal.model.SequenceState;
import dev.hadal.model.StateMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * DeepSeek-V4 (architecture.md 2): embedding, blocks over four residual streams, final mix, head. There is one forward
 * pass for prompts and single tokens alike.
 */
public final class DeepSeekV4 implements LanguageModel {
    private final V4Config config;
    private final Compute compute;
    private final Numerics numerics;
    private final StateFormats formats;
    private final Embedding embedding;
    private final List<Block> blocks = new ArrayList<>();
    private final FinalMix finalMix;
    private final Linear head;
    private final @Nullable Mtp mtp;
    private final Rope plain;
    private final Rope scaled;
    private final Rope.Angles plainAngles;
    private final Rope.Angles scaledAngles;
    private final Scratch scratch;
    private final int[] tokens;
    private final int[] positions;
    private final long packedBytes;
    private final Options options;
    private final StateMemory memory = new StateMemory();
    private final PagePool pages = new PagePool(memory);
    private Trace trace = Trace.NONE;
    private StepTimes times = StepTimes.off();

    /**
     * How to run a model.
     *
     * @param numerics what is rounded
     * @param batchRows most rows of one batch; memory for intermediate values grows with it
     * @param packed whether to copy the matrices into memory, in the order in which the kernels read them; results
     *     keep their bits
     * @param fingerprint digest of the checkpoint, computed when somebody asks for it
     * @param loading told, from 0 to 1, which share of the matrices has been copied
     */
    public record Options(
            NumericsMode numerics,
            int batchRows,
            boolean packed,
            Supplier<String> fingerprint,
            DoubleConsumer loading) {
        /** Options for one who does not listen. */
        public Options(NumericsMode numerics, int batchRows, boolean packed, Supplier<String> fingerprint) {
            this(numerics, batchRows, packed, fingerprint, share -> {});
        }
    }

    /** Prepares a model over bound weights, which stay mapped; it owns {@code compute} from now on. */
    public DeepSeekV4(V4Config config, V4Weights weights, Compute compute, Options options) {
        this.config = config;
        this.compute = compute;
        this.numerics = Numerics.of(options.numerics());
        this.formats = StateFormats.of(config, options.numerics());
        this.plain = Rope.plain(config);
        this.scaled = Rope.scaled(config);
        Loader loader = new Loader(config);
        this.embedding = new Embedding(weights.embed());
        for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
            blocks.add(new Block(config, layer, weights.layers().get(layer), loader));
        }
        this.finalMix = new FinalMix(
                config,
                new NarrowLinear(weights.hcHeadFn()),
                weights.hcHeadBase().floats(),
                weights.hcHeadScale().floats(),
                loader.norm(weights.norm()));
        this.head = loader.linear(weights.head());
        this.mtp = weights.mtp() == null ? null : new Mtp(config, weights.mtp(), loader);
        if (options.packed()) {
            loader.pack(compute.pool(), options.loading());
        }
        int rows = options.batchRows();
        this.scratch = new Scratch(config, formats, numerics.integerInputs(), rows, compute.threads());
        compute.reserve(Math.max(scratch.values.stride(), Math.max(scratch.groups.stride(), config.hiddenSize())));
        this.plainAngles = Rope.Angles.allocate(rows, plain.pairs());
        this.scaledAngles = Rope.Angles.allocate(rows, scaled.pairs());
        this.tokens = new int[rows];
        this.positions = new int[rows];
        this.packedBytes = options.packed() ? loader.packedBytes() : 0;
        this.options = options;
    }

    @Override
    public SequenceState newState() {
        return V4State.empty(config, formats, pages);
    }

    /**
     * The state of a sequence of {@code length} positions that was never computed: values are random, of a trained
     * model's magnitude, and rounded as its caches are. For measuring at a depth without reading up to it. The same
     * seed gives the same state.
     *
     * @throws IllegalArgumentException if the model's context is shorter
     */
    public SequenceState syntheticState(int length, long seed) {
        if (length < 0 || length > config.maxPositionEmbeddings()) {
            throw new IllegalArgumentException(
                    "a sequence has 0 to " + config.maxPositionEmbeddings() + " positions, not " + length);
        }
        LayerState[] layers = new LayerState[config.numHiddenLayers()];
        SplittableRandom[] randoms =
                new SplittableRandom(seed).splits(layers.length).toArray(SplittableRandom[]::new);
        compute.pool()
                .run(
                        layers.length,
                        (layer, worker) -> layers[layer] = new StateDraw(
                                        formats, compute.on(worker).kernels(), randoms[layer])
                                .layer(pages, config.layerKind(layer), length));
        return V4State.of(formats, pages, List.of(layers), length);
    }

    @Override
    public ModelLimits limits() {
        return new ModelLimits(config.vocabSize(), config.maxPositionEmbeddings(), scratch.rows);
    }

    @Override
    public String fingerprint() {
        return options.fingerprint().get() + "-" + options.numerics();
    }

    /** Bytes of the matrices that were copied into memory; 0 if they are read where they are mapped. */
    public long packedBytes() {
        return packedBytes;
    }

    /** Bytes of memory for intermediate values, allocated once. */
    public long scratchBytes() {
        return scratch.bytes() + compute.bytes();
    }

    @Override
    public StateMemory stateMemory() {
        return memory;
    }

    @Override
    public long stateBytes(long tokens) {
        return V4State.bytes(config, formats, tokens);
    }

    /** Bytes that the state of one sequence of {@code tokens} positions takes in a mode. */
    public static long stateBytes(V4Config config, NumericsMode mode, long tokens) {
        return V4State.bytes(config, StateFormats.of(config, mode), tokens);
    }

    /** Whether {@link #forwardWithDrafts} can be called. */
    public boolean hasDraftBlock() {
        return mtp != null;
    }

    /** Lets {@code observer} see inner values from now on. */
    void trace(Trace observer) {
        trace = observer;
    }

    /** Adds the time of each batch to {@code sums}, until other sums or none are given. */
    public void measure(@Nullable StepTimes sums) {
        times = sums == null ? StepTimes.off() : sums;
    }

    /** What is rounded. */
    public NumericsMode numerics() {
        return options.numerics();
    }

    /** Threads that compute. */
    public int threads() {
        return compute.threads();
    }

    /** Lets another rule decide which of equal index scores are selected. */
    void selectIndexWith(Supplier<Selection> rule) {
        for (IndexWorkspace workspace : scratch.index) {
            java.util.Arrays.setAll(workspace.best, _ -> rule.get());
        }
    }

    @Override
    public void forward(Batch batch, Logits logits) {
        check(batch, logits);
        run(batch, () -> {
            Pass pass = prepare(batch);
            streams(pass);
            head(pass, batch, logits);
        });
    }

    /**
     * As {@link #forward}, and predicts for each row the token after the next with the draft block (architecture.md 9).
     *
     * @param batch rows of one sequence
     * @param next the token that follows each row; it may be missing for the last row, which then gets no prediction
     * @param drafts one row for each token of {@code next}
     * @throws IllegalStateException if the checkpoint has no classic draft block
     */
    public void forwardWithDrafts(Batch batch, Logits logits, int[] next, Logits drafts) {
        Mtp block = mtp;
        if (block == null) {
            throw new IllegalStateException("this checkpoint has no classic MTP block (mtp.0)");
        }
        check(batch, logits);
        if (batch.spans().size() != 1 || next.length > batch.rows() || next.length < batch.rows() - 1) {
            throw new IllegalArgumentException("drafts need one sequence and the token after each row, got "
                    + batch.spans().size() + " sequences and " + next.length + " tokens for " + batch.rows() + " rows");
        }
        for (int row = 0; row < next.length; row++) {
            checkToken(next[row], row);
        }
        drafts.rows(next.length);
        run(batch, () -> {
            Pass pass = prepare(batch);
            streams(pass);
            head(pass, batch, logits);
            if (next.length > 0) {
                System.arraycopy(next, 0, tokens, 0, next.length);
                Batch.Span whole = batch.spans().getFirst();
                Batch.Span span = new Batch.Span(whole.state(), 0, next.length);
                Pass draft = pass(List.of(span));
                block.forward(draft, embedding, scratch.streams);
                head.forward(scratch.hidden, rows(drafts), next.length, compute);
            }
        });
    }

    private void check(Batch batch, Logits logits) {
        if (batch.rows() == 0 || batch.rows() > scratch.rows) {
            throw new IllegalArgumentException(
                    "a batch has 1 to " + scratch.rows + " rows, this one has " + batch.rows());
        }
        if (logits.vocabulary() != config.vocabSize() && batch.wantedRows() > 0) {
            throw new IllegalArgumentException("logits have room for a vocabulary of " + logits.vocabulary()
                    + ", the model's has " + config.vocabSize());
        }
        for (int row = 0; row < batch.rows(); row++) {
            checkToken(batch.token(row), row);
        }
        for (Batch.Span span : batch.spans()) {
            V4State state = (V4State) span.state();
            state.checkOpen();
            if (state.failed()) {
                throw new IllegalStateException(
                        "this sequence failed in the middle of an earlier batch; start it again");
            }
            long end = (long) span.state().length() + span.rows();
            if (end > config.maxPositionEmbeddings()) {
                throw new IllegalArgumentException("the sequence would be " + end
                        + " tokens long, the model's context is " + config.maxPositionEmbeddings());
            }
        }
        logits.rows(batch.wantedRows());
    }

    private void checkToken(int token, int row) {
        if (token < 0 || token >= config.vocabSize()) {
            throw new IllegalArgumentException("token " + token + " in row " + row + " is not in the vocabulary of "
                    + config.vocabSize() + " ids");
        }
    }

    /** Runs the computation and moves the sequences on, or marks them when it fails half-way. */
    private static void run(Batch batch, Runnable computation) {
        boolean done = false;
        try {
            computation.run();
            done = true;
        } finally {
            for (Batch.Span span : batch.spans()) {
                V4State state = (V4State) span.state();
                if (done) {
                    state.advance(span.rows());
                } else {
                    state.fail();
                }
            }
        }
    }

    private Pass prepare(Batch batch) {
        times.start();
        for (Batch.Span span : batch.spans()) {
            for (int i = 0; i < span.rows(); i++) {
                int row = span.firstRow() + i;
                tokens[row] = batch.token(row);
                positions[row] = span.state().length() + i;
                plain.angles(positions[row], plainAngles, row);
                scaled.angles(positions[row], scaledAngles, row);
                blockAngles(LayerKind.CSA, row);
                blockAngles(LayerKind.HCA, row);
            }
        }
        return pass(batch.spans());
    }

    private void blockAngles(LayerKind kind, int row) {
        int end = positions[row] + 1;
        if (end % kind.ratio() == 0) {
            scaled.angles(end - kind.ratio(), scratch.blockAngles(kind), row);
        }
    }

    private Pass pass(List<Batch.Span> spans) {
        scratch.tiles.cut(spans, compute.threads());
        return new Pass(compute, numerics, spans, tokens, positions, plainAngles, scaledAngles, scratch, trace, times);
    }

    /** Embeds the tokens and passes them through all blocks. */
    private void streams(Pass pass) {
        Rows streams = scratch.streams;
        int dim = config.hiddenSize();
        for (int row = 0; row < pass.rows(); row++) {
            int first = streams.at(row);
            embedding.read(tokens[row], streams.data(), first);
            for (int j = 1; j < HyperConnection.STREAMS; j++) {
                System.arraycopy(streams.data(), first, streams.data(), first + j * dim, dim);
            }
        }
        times.mark(StepTimes.Part.MIXING);
        for (Block block : blocks) {
            block.forward(pass, streams);
        }
    }

    /** Logits of the wanted rows, which are moved together first. */
    private void head(Pass pass, Batch batch, Logits logits) {
        if (batch.wantedRows() == 0) {
            return;
        }
        int dim = config.hiddenSize();
        Rows hidden = scratch.hidden;
        finalMix.forward(pass, scratch.streams);
        int wanted = 0;
        for (int row = 0; row < pass.rows(); row++) {
            if (batch.wantsLogits(row)) {
                System.arraycopy(hidden.data(), hidden.at(row), hidden.data(), hidden.at(wanted++), dim);
            }
        }
        head.forward(hidden, rows(logits), wanted, compute);
        times.mark(StepTimes.Part.HEAD);
    }

    private static Rows rows(Logits logits) {
        return new Rows(logits.values(), logits.vocabulary());
    }

    @Override
    public void close() {
        compute.close();
    }
}
