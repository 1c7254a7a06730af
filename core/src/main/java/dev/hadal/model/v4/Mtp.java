package dev.hadal.model.v4;

import dev.hadal.kernel.Linear;
import dev.hadal.kernel.NarrowLinear;
import dev.hadal.kernel.Rows;

/**
 * The multi-token prediction block (architecture.md 9): from the streams of position {@code i} and the token at
 * {@code i + 1} it predicts the token at {@code i + 2}. It is a block of its own with window attention.
 */
final class Mtp {
    private final V4Config config;
    private final Block block;
    private final Linear eProj;
    private final Linear hProj;
    private final RmsNorm enorm;
    private final RmsNorm hnorm;
    private final FinalMix finalMix;

    Mtp(V4Config config, V4Weights.Mtp weights, Loader loader) {
        this.config = config;
        this.block = new Block(config, config.numHiddenLayers(), weights.layer(), loader);
        this.eProj = loader.linear(weights.eProj());
        this.hProj = loader.linear(weights.hProj());
        this.enorm = loader.norm(weights.enorm());
        this.hnorm = loader.norm(weights.hnorm());
        this.finalMix = new FinalMix(
                config,
                new NarrowLinear(weights.hcHeadFn()),
                weights.hcHeadBase().floats(),
                weights.hcHeadScale().floats(),
                loader.norm(weights.norm()));
    }

    /**
     * Computes the hidden vectors of the drafts into {@code scratch.hidden}, [rows, d], ready for the head.
     *
     * @param pass tells rows and positions; its tokens are those that follow each row
     * @param embed the model's embedding
     * @param streams [rows, 4 d] of the main model, after its last layer
     */
    void forward(Pass pass, Embedding embed, Rows streams) {
        Scratch s = pass.scratch();
        int rows = pass.rows();
        int dim = config.hiddenSize();
        for (int row = 0; row < rows; row++) {
            embed.read(pass.tokens()[row], s.hidden.data(), s.hidden.at(row));
        }
        enorm.forward(pass, s.hidden, rows);
        Rows embedded = s.expertOutput;
        eProj.forward(s.hidden, embedded, rows, pass.compute());
        Rows drafts = s.draftStreams;
        for (int j = 0; j < HyperConnection.STREAMS; j++) {
            for (int row = 0; row < rows; row++) {
                System.arraycopy(streams.data(), streams.at(row, j * dim), s.hidden.data(), s.hidden.at(row), dim);
            }
            hnorm.forward(pass, s.hidden, rows);
            hProj.forward(s.hidden, s.update, rows, pass.compute());
            for (int row = 0; row < rows; row++) {
                add(embedded, s.update, row, drafts, drafts.at(row, j * dim));
            }
        }
        block.forward(pass, drafts);
        finalMix.forward(pass, drafts);
    }

    private void add(Rows a, Rows b, int row, Rows to, int at) {
        for (int i = 0; i < config.hiddenSize(); i++) {
            to.data()[at + i] = a.data()[a.at(row, i)] + b.data()[b.at(row, i)];
        }
    }
}
