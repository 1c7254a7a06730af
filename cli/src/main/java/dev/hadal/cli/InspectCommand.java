package dev.hadal.cli;

import dev.hadal.checkpoint.Checkpoint;
import dev.hadal.checkpoint.DirectoryFiles;
import dev.hadal.checkpoint.ModelFiles;
import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.WarmingKernels;
import dev.hadal.model.v4.V4Binder;
import dev.hadal.model.v4.V4Config;
import dev.hadal.model.v4.V4Weights;
import dev.hadal.nano.EmbeddedModel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hadal inspect}: what is in a checkpoint. */
@Command(
        name = "inspect",
        description = "Shows what is in a checkpoint, after checking whatever can be checked without computing.",
        footer = {"", "  hadal inspect ~/DeepSeek-V4-Flash"})
final class InspectCommand implements Runnable {
    private static final int WARM_UP_SECONDS = 30;

    private final Terminal terminal;

    @Parameters(
            paramLabel = "DIR",
            arity = "0..1",
            description = "Directory of the model as published; the embedded model if not given.")
    private @Nullable Path directory;

    @Option(names = "--json", description = "Answer in one line of JSON, bytes and numbers exact.")
    private boolean json;

    InspectCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        ModelFiles files = directory == null ? EmbeddedModel.files() : DirectoryFiles.open(directory);
        try (Checkpoint checkpoint = Checkpoint.open(files)) {
            V4Config config = V4Config.parse(checkpoint.configJson(), checkpoint.configOrigin());
            V4Weights weights = V4Binder.bind(checkpoint, config);
            Inspection inspection = new Inspection(checkpoint, config, weights, kernels());
            if (json) {
                terminal.printLine(inspection.json().toString());
            } else {
                inspection.print(terminal);
            }
        }
    }

    /** Whether this JVM really compiles the vector kernels shows only when it does. */
    private static String kernels() {
        try (WarmingKernels kernels = new WarmingKernels(KernelSelector.vector(KernelSelector.preferredBits()))) {
            return kernels.status(WARM_UP_SECONDS, TimeUnit.SECONDS);
        } catch (IllegalStateException e) {
            return "scalar: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted", e);
        }
    }
}
