package dev.hadal.cli;

import dev.hadal.DeepSeek;
import dev.hadal.OpenOptions;
import dev.hadal.model.NumericsMode;
import dev.hadal.model.v4.DeepSeekV4;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code hadal logits}: what the model computes, to compare with other implementations. */
@Command(
        name = "logits",
        description =
                "Computes the logits of a sequence of token ids and writes them to a safetensors file: F32 \"logits\""
                        + " [T, V], and \"mtp\" [T - 1, V] with --mtp, where row i predicts token i + 2.",
        footer = {
            "",
            "  hadal logits --model DIR --ids 0,671,6102 --out logits.safetensors",
            "  hadal logits --model DIR --ids @ids.safetensors --mtp --out logits.safetensors"
        })
final class LogitsCommand implements Runnable {
    /** Beyond this nothing is gained. */
    private static final int MOST_ROWS = 4096;

    /** Logits held at a time if nobody asks for more: 32 MB. */
    private static final int VALUES_AT_ONCE = 1 << 23;

    private final Terminal terminal;
    private final HadalCommand hadal;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ModelOption model = new ModelOption();

    @Mixin
    private NumericsOption numerics = new NumericsOption();

    @Option(
            names = "--ids",
            paramLabel = "IDS|@FILE",
            required = true,
            description =
                    "Token ids, separated by commas or white space; or a file of them, as text or as an I64 tensor"
                            + " \"ids\" in safetensors.")
    private String ids = "";

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where to write.")
    private Path out = Path.of("");

    @Option(
            names = "--chunk",
            paramLabel = "N",
            description = "Most tokens to compute at a time. The result is the same.")
    private @Nullable Integer chunk;

    @Option(names = "--last", description = "Write only the last row of \"logits\": [1, V].")
    private boolean last;

    @Option(names = "--mtp", description = "Compute the draft block (MTP) as well.")
    private boolean mtp;

    @Option(names = "--json", description = "Tell what was written as one line of JSON: the shape of each tensor.")
    private boolean json;

    LogitsCommand(Terminal terminal, HadalCommand hadal) {
        this.terminal = terminal;
        this.hadal = hadal;
    }

    @Override
    public void run() {
        if (chunk != null && chunk < 1) {
            throw new ParameterException(spec.commandLine(), "--chunk must be at least 1, but is " + chunk);
        }
        int[] tokens = TokenIds.ofArgument(ids);
        if (tokens.length < (mtp ? 2 : 1)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--ids must be at least " + (mtp ? "2 with --mtp" : "1") + ", but are " + tokens.length);
        }
        OpenOptions options = hadal.options(terminal).withNumerics(numerics.mode(NumericsMode.QAT));
        if (chunk != null) {
            options = options.withBatchRows(Math.min(chunk, MOST_ROWS));
        }
        try (DeepSeek deepSeek = hadal.checked(DeepSeek.open(model.files(), options))) {
            terminal.plain();
            compute(deepSeek.model(), tokens);
        }
    }

    private void compute(DeepSeekV4 deepSeekV4, int[] tokens) {
        LogitsFile file = new LogitsFile(deepSeekV4, tokens, new LogitsFile.Content(last, mtp));
        int batchRows = deepSeekV4.limits().batchRows();
        int frugal = Math.max(1, VALUES_AT_ONCE / deepSeekV4.limits().vocabulary());
        file.write(out, chunk == null ? Math.min(batchRows, frugal) : batchRows);
        if (json) {
            ObjectNode shapes = Json.object();
            file.tensors().forEach(tensor -> tensor.shape().forEach(shapes.withArray(tensor.name())::add));
            terminal.printLine(shapes.toString());
        } else {
            file.tensors()
                    .forEach(
                            tensor -> terminal.row(tensor.name(), tensor.shape().toString()));
        }
    }
}
