package dev.hadal.cli;

import dev.hadal.cli.synth.SyntheticCheckpoint;
import dev.hadal.cli.synth.SyntheticConfig;
import dev.hadal.model.v4.ExpertDtype;
import dev.hadal.model.v4.V4Inventory;
import dev.hadal.tensor.DType;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code hadal synth}: a checkpoint of random weights. */
@Command(
        name = "synth",
        description =
                "Writes a checkpoint of random weights in the layout of the release, to measure and test with. It has no"
                        + " tokenizer: bench, logits, inspect and plan do without. The same seed gives the same bytes.",
        footer = {
            "",
            "  hadal synth --preset mini --out mini",
            "  hadal synth --preset flash-layers=4 --out flash4",
            "  hadal bench --model mini"
        })
final class SynthCommand implements Runnable {
    private final Terminal terminal;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "tiny (15 MB, every mechanism), mini (1.9 GB, for measuring), flash-layers=N or pro-layers=N"
                    + " (the first N layers at their true widths).")
    private @Nullable String preset;

    @Option(names = "--config", paramLabel = "FILE", description = "A config.json, instead of a preset.")
    private @Nullable Path configFile;

    @Option(
            names = "--experts",
            paramLabel = "fp4|fp8",
            description = "How routed experts are stored; as the configuration says if not given.")
    private @Nullable String experts;

    @Option(
            names = "--scales",
            paramLabel = "e8m0|f32",
            description = "How scales are stored; ${DEFAULT-VALUE} if not given.",
            defaultValue = "e8m0")
    private String scales = "";

    @Option(names = "--mtp", description = "Add the draft block (MTP).")
    private boolean mtp;

    @Option(names = "--single-file", description = "Put all tensors into one model.safetensors without index.")
    private boolean singleFile;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Which random weights; ${DEFAULT-VALUE} if not given.",
            defaultValue = "0")
    private long seed;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Where to write: a directory that is empty or not there yet.")
    private Path out = Path.of("");

    @Option(names = "--json", description = "Tell what was written as one line of JSON.")
    private boolean json;

    SynthCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        SyntheticConfig config = config();
        SyntheticCheckpoint checkpoint = new SyntheticCheckpoint(config, seed, singleFile);
        V4Inventory inventory = checkpoint.inventory();
        terminal.note("writing " + Figures.bytes(inventory.fileBytes()) + " to " + out);
        ProgressBar bar = new ProgressBar(terminal, inventory.tensorBytes());
        checkpoint.write(out, bar::at);
        terminal.plain();
        if (json) {
            terminal.printLine(Json.object()
                    .put("out", out.toString())
                    .put("seed", seed)
                    .put("files", inventory.shards().size())
                    .put("tensors", inventory.tensors().size())
                    .put("tensor_bytes", inventory.tensorBytes())
                    .put("file_bytes", inventory.fileBytes())
                    .toString());
        } else {
            terminal.row("written", out.toString());
            terminal.row("safetensors files", Figures.exact(inventory.shards().size()));
            terminal.row("tensors", Figures.exact(inventory.tensors().size()));
            terminal.row("bytes", Figures.exact(inventory.fileBytes()));
        }
    }

    private SyntheticConfig config() {
        if ((preset == null) == (configFile == null)) {
            throw wrong("give either --preset or --config");
        }
        SyntheticConfig.Choices choices = new SyntheticConfig.Choices(experts(), scaleFormat(), mtp);
        return configFile == null
                ? SyntheticConfig.of(preset(String.valueOf(preset)), "config.json", choices)
                : SyntheticConfig.of(ModelOption.readConfig(configFile), configFile.toString(), choices);
    }

    private byte[] preset(String name) {
        try {
            return SyntheticConfig.preset(name);
        } catch (IllegalArgumentException e) {
            throw wrong("--preset: " + e.getMessage());
        }
    }

    private @Nullable ExpertDtype experts() {
        return switch (experts) {
            case null -> null;
            case "fp4" -> ExpertDtype.FP4;
            case "fp8" -> ExpertDtype.FP8;
            default -> throw wrong("--experts must be fp4 or fp8, but is " + experts);
        };
    }

    private DType scaleFormat() {
        return switch (scales) {
            case "e8m0" -> DType.F8_E8M0;
            case "f32" -> DType.F32;
            default -> throw wrong("--scales must be e8m0 or f32, but is " + scales);
        };
    }

    private ParameterException wrong(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }
}
