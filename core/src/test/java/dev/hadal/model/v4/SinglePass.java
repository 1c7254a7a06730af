package dev.hadal.model.v4;

import dev.hadal.kernel.Compute;
import dev.hadal.kernel.KernelSelector;
import dev.hadal.model.Batch;
import dev.hadal.model.NumericsMode;
import dev.hadal.model.StateMemory;
import java.util.List;

/** A pass over the first tokens of one sequence, for parts of a model that are tested alone. */
final class SinglePass {
    private SinglePass() {}

    static Pass of(V4Config config, int... tokens) {
        int rows = tokens.length;
        Rope plain = Rope.plain(config);
        int[] positions = new int[rows];
        Rope.Angles angles = Rope.Angles.allocate(rows, plain.pairs());
        for (int row = 0; row < rows; row++) {
            positions[row] = row;
            plain.angles(row, angles, row);
        }
        StateFormats formats = StateFormats.of(config, NumericsMode.FP32);
        Scratch scratch = new Scratch(config, formats, true, rows, 1);
        return new Pass(
                new Compute(KernelSelector.scalar(), 1),
                Numerics.of(NumericsMode.FP32),
                List.of(new Batch.Span(V4State.empty(config, formats, new PagePool(new StateMemory())), 0, rows)),
                tokens,
                positions,
                angles,
                angles,
                scratch,
                Trace.NONE,
                StepTimes.off());
    }
}
