package dev.hadal.cli;

import dev.hadal.DeepSeek;
import dev.hadal.OpenOptions;
import dev.hadal.kernel.KernelChoice;
import java.time.Duration;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code hadal} itself: the options that every command understands. */
@Command(
        name = "hadal",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        synopsisSubcommandLabel = "COMMAND",
        description = "Runs DeepSeek-V4 models on this machine. Without --model, a small embedded model answers:"
                + " a demonstration, not an assistant.",
        footer = {
            "",
            "hadal COMMAND --help tells more. To begin with:",
            "",
            "  hadal run \"What is the capital of France?\""
        })
final class HadalCommand implements Runnable {
    private static final int MOST_THREADS = 1024;
    /** A machine that has nothing else to do compiles the kernels in a few seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Spec
    private CommandSpec spec;

    private int threads;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show where in the program an error comes from.")
    private boolean verbose;

    @Option(
            names = "--require-vector",
            scope = ScopeType.INHERIT,
            description = "Refuse to compute without vector kernels, rather than many times slower.")
    private boolean requireVector;

    HadalCommand() {
        // Replaced before anything else happens.
        spec = CommandSpec.create();
    }

    @Option(
            names = "--threads",
            paramLabel = "N",
            scope = ScopeType.INHERIT,
            description = "Threads to compute with; all processors if not given. The result is the same.")
    void threads(int count) {
        if (count < 1 || count > MOST_THREADS) {
            throw new ParameterException(
                    spec.commandLine(), "--threads must be from 1 to " + MOST_THREADS + ", but is " + count);
        }
        threads = count;
    }

    /**
     * Ends with an error if vector kernels are required and not what computes; waits until that is decided.
     *
     * @throws CommandException saying what computes instead
     */
    DeepSeek checked(DeepSeek deepSeek) {
        if (!requireVector) {
            return deepSeek;
        }
        try {
            String kernels = deepSeek.settledKernels(PATIENCE);
            if (kernels.startsWith("vector")) {
                return deepSeek;
            }
            deepSeek.close();
            throw new CommandException("--require-vector: kernels are " + kernels);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            deepSeek.close();
            throw new CommandException("interrupted", e);
        }
    }

    /** How to open a model, telling on the terminal what is left out and how far it is. */
    OpenOptions options(Terminal terminal) {
        return options(notice -> terminal.note("hadal: " + notice))
                .withLoading(share -> terminal.progress("reading the weights: " + Figures.percent(share)));
    }

    /**
     * How to open a model: with the threads asked for, on kernels that this JVM can compile. It is told at once why
     * those are the plain ones, not after half a minute in which the others did not get fast.
     *
     * @throws CommandException if vector kernels are required and this JVM has none
     */
    OpenOptions options(Consumer<String> notices) {
        OpenOptions options = OpenOptions.defaults().withThreads(threads).withNotices(notices);
        String missing = ComputePath.missing();
        if (missing == null) {
            return options;
        }
        if (requireVector) {
            throw new CommandException("--require-vector: there are no vector kernels: " + missing);
        }
        notices.accept("the plain kernels are used, many times slower: " + missing);
        return options.withKernels(KernelChoice.SCALAR);
    }

    /** Threads to compute with; 0 for all processors. */
    int threads() {
        return threads;
    }

    /** Whether errors are shown with their origin in the program. */
    boolean verbose() {
        return verbose;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "which command? One of " + String.join(", ", spec.subcommands().keySet()));
    }
}
