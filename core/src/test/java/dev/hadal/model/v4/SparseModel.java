package dev.hadal.model.v4;

import dev.hadal.checkpoint.Checkpoint;
import dev.hadal.checkpoint.DirectoryFiles;
import dev.hadal.kernel.Compute;
import dev.hadal.kernel.KernelSelector;
import dev.hadal.model.Batch;
import dev.hadal.model.Logits;
import dev.hadal.model.NumericsMode;
import java.nio.file.Path;
import java.util.Arrays;

/** A process that computes three tokens with the model in a directory and prints how many logits are finite. */
final class SparseModel {
    private SparseModel() {}

    public static void main(String[] args) {
        try (Checkpoint checkpoint = Checkpoint.open(DirectoryFiles.open(Path.of(args[0])))) {
            V4Config config = GoldenCheckpoint.config(checkpoint);
            DeepSeekV4.Options options = new DeepSeekV4.Options(NumericsMode.QAT, 3, false, checkpoint::fingerprint);
            try (DeepSeekV4 model = new DeepSeekV4(
                    config, V4Binder.bind(checkpoint, config), new Compute(KernelSelector.scalar(), 1), options)) {
                Logits logits = new Logits(1, config.vocabSize());
                model.forward(new Batch().add(model.newState(), new int[] {1, 2, 3}, 0, 3, Batch.Wanted.LAST), logits);
                long finite = 0;
                for (float logit : Arrays.copyOf(logits.values(), config.vocabSize())) {
                    finite += Float.isFinite(logit) ? 1 : 0;
                }
                System.out.print(finite);
            }
        }
    }
}
