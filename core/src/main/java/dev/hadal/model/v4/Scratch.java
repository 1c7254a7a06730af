package dev.hadal.model.v4;

import dev.hadal.kernel.IntegerRows;
import dev.hadal.kernel.NarrowLinear;
import dev.hadal.kernel.Panel;
import dev.hadal.kernel.Rows;
import dev.hadal.kernel.Selection;
import dev.hadal.kernel.TopK;
import java.util.stream.Stream;

/** Memory for the intermediate rows of one batch, allocated once for the largest. Field comments give shapes. */
final class Scratch {
    /** Largest batch. */
    final int rows;
    /** [rows, 4 d] residual streams. */
    final Rows streams;
    /** [rows, 4 d] the draft block's streams. */
    final Rows draftStreams;
    /** [rows, 32] mixing weights, 24 of them. */
    final Rows mix;
    /** Sums over blocks of streams, for few rows. */
    final Rows mixParts;
    /** [rows, d] input of a branch. */
    final Rows hidden;
    /** [rows, d] output of a branch. */
    final Rows update;
    /** [rows, q rank] */
    final Rows lowRankQueries;
    /** [rows, heads x head dim] */
    final Rows queries;
    /** [rows, head dim] window entries of this batch, unrounded. */
    final Rows keys;
    /** The same as the window holds them. */
    final Page fresh;
    /** [rows, heads x head dim] attended values. */
    final Rows values;
    /** [rows, groups x rank] */
    final Rows groups;
    /** [rows, channels] of the compressor of attention, two for each value of an entry. */
    final Rows compressorKv;
    /** [rows, channels] */
    final Rows compressorScore;
    /** [rows, channels] of the compressor of index keys. */
    final Rows indexKv;
    /** [rows, channels] */
    final Rows indexScore;
    /** [rows, index heads x index dim] */
    final Rows indexQueries;
    /** [rows, index heads] */
    final Rows indexWeights;
    /** [rows, experts] */
    final Rows gateScores;
    /** [slots, expert width]; there is a slot for each choice of a row. */
    final Rows expertGate;
    /** [slots, expert width] */
    final Rows expertUp;
    /** [rows, d] inputs of routed experts, where those are rounded. */
    final IntegerRows integerHidden;
    /** [slots, expert width] beside {@link #expertGate}, where that is rounded. */
    final IntegerRows integerGate;
    /** [slots, d] */
    final Rows expertOutput;

    /** The loop that runs. */
    final Loop loop = new Loop();

    /** How states are stored. */
    final StateFormats formats;
    /** The batch, cut up. */
    final Tiles tiles;

    final Routes routes;
    /** [rows, top k] selected blocks of a CSA layer, ascending. */
    final int[] selected;
    /** How many were selected for a row, or {@link #ALL}. */
    final int[] selectedCount;

    final AttentionWorkspace[] attention;
    final IndexWorkspace[] index;
    /** Into how many parts the keys of each tile are cut. */
    int indexParts = 1;
    /** What was found in parts of the keys of a few rows. */
    final TopK[] partial;

    final CompressorWorkspace[] compressor;

    private final Rope.Angles csaBlocks;
    private final Rope.Angles hcaBlocks;

    private static final int ALL = -1;
    private static final int PARTS_PER_THREAD = 4;
    private final int topK;

    Scratch(V4Config config, StateFormats formats, boolean integers, int rows, int threads) {
        this.rows = rows;
        this.formats = formats;
        int dim = config.hiddenSize();
        int heads = config.numAttentionHeads() * config.headDim();
        int slots = Math.multiplyExact(rows, config.numExpertsPerTok() + 1);
        streams = Rows.allocate(rows, HyperConnection.STREAMS * dim);
        draftStreams = Rows.allocate(config.numNextnPredictLayers() > 0 ? rows : 0, HyperConnection.STREAMS * dim);
        mix = Rows.allocate(rows, Panel.LANES);
        mixParts = Rows.allocate(NarrowLinear.FEW_ROWS, NarrowLinear.parts(HyperConnection.STREAMS * dim));
        hidden = Rows.allocate(rows, dim);
        update = Rows.allocate(rows, dim);
        lowRankQueries = Rows.allocate(rows, config.qLoraRank());
        queries = Rows.allocate(rows, heads);
        keys = Rows.allocate(rows, config.headDim());
        fresh = new Page(new byte[formats.entry().bytes(rows)]);
        tiles = new Tiles(rows);
        values = Rows.allocate(rows, heads);
        groups = Rows.allocate(rows, config.oGroups() * config.oLoraRank());
        compressorKv = Rows.allocate(rows, 2 * config.headDim());
        compressorScore = Rows.allocate(rows, 2 * config.headDim());
        indexKv = Rows.allocate(rows, 2 * config.indexHeadDim());
        indexScore = Rows.allocate(rows, 2 * config.indexHeadDim());
        indexQueries = Rows.allocate(rows, config.indexNHeads() * config.indexHeadDim());
        indexWeights = Rows.allocate(rows, config.indexNHeads());
        gateScores = Rows.allocate(rows, config.nRoutedExperts());
        expertGate = Rows.allocate(slots, config.moeIntermediateSize());
        expertUp = Rows.allocate(slots, config.moeIntermediateSize());
        integerHidden = new IntegerRows(Rows.allocate(integers ? rows : 0, dim));
        integerGate = new IntegerRows(integers ? expertGate : Rows.allocate(0, 0));
        expertOutput = Rows.allocate(slots, dim);
        routes = new Routes(config, rows, threads);
        topK = config.indexTopk();
        selected = new int[Math.multiplyExact(rows, topK)];
        selectedCount = new int[rows];
        attention = new AttentionWorkspace[threads];
        index = new IndexWorkspace[threads];
        compressor = new CompressorWorkspace[threads];
        for (int i = 0; i < threads; i++) {
            attention[i] = new AttentionWorkspace(config);
            index[i] = new IndexWorkspace(config);
            compressor[i] =
                    new CompressorWorkspace(LayerKind.HCA.ratio(), Math.max(config.headDim(), config.indexHeadDim()));
        }
        csaBlocks = Rope.Angles.allocate(rows, config.qkRopeHeadDim() / 2);
        hcaBlocks = Rope.Angles.allocate(rows, config.qkRopeHeadDim() / 2);
        partial = new TopK[threads == 1 ? 0 : PARTS_PER_THREAD * threads];
        for (int i = 0; i < partial.length; i++) {
            partial[i] = new TopK(topK);
        }
    }

    /** For rows that complete a block of a kind: the angles of the block's first position, which all layers share. */
    Rope.Angles blockAngles(LayerKind kind) {
        return kind == LayerKind.CSA ? csaBlocks : hcaBlocks;
    }

    /** Notes whether a row sees all its visible blocks, or else some that are still to be selected. */
    void expect(int row, boolean all) {
        selectedCount[row] = all ? ALL : 0;
    }

    /** Notes the selected blocks of a row. */
    void select(Pass pass, int row, Selection best) {
        selectedCount[row] = best.finish(pass.compute().kernels().state(), selected, row * topK);
    }

    /** Whether a row sees all its visible blocks. */
    boolean allSelected(int row) {
        return selectedCount[row] == ALL;
    }

    /** Memory held, in bytes. */
    long bytes() {
        long rowBytes = Stream.of(
                        streams,
                        draftStreams,
                        mix,
                        mixParts,
                        hidden,
                        update,
                        lowRankQueries,
                        queries,
                        keys,
                        values,
                        groups,
                        compressorKv,
                        compressorScore,
                        indexKv,
                        indexScore,
                        indexQueries,
                        indexWeights,
                        gateScores,
                        expertGate,
                        expertUp,
                        expertOutput)
                .mapToLong(Rows::bytes)
                .sum();
        long workers = attention.length * (attention[0].bytes() + index[0].bytes() + compressor[0].bytes());
        long shared = integerHidden.values().bytes() + integerHidden.bytes() + integerGate.bytes();
        shared += routes.bytes() + tiles.bytes() + fresh.data.length;
        shared += csaBlocks.bytes() + hcaBlocks.bytes();
        for (TopK part : partial) {
            shared += part.bytes();
        }
        return rowBytes + workers + shared + (long) (selected.length + selectedCount.length) * Integer.BYTES;
    }
}
