package dev.hadal.cli;

import dev.hadal.DeepSeek;
import dev.hadal.OpenOptions;
import dev.hadal.cli.bench.Bench;
import dev.hadal.cli.bench.Conditions;
import dev.hadal.cli.bench.MachineLimits;
import dev.hadal.cli.bench.MachineProbe;
import dev.hadal.cli.bench.Measurement;
import dev.hadal.cli.bench.Workload;
import dev.hadal.model.NumericsMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code hadal bench}: how fast a model runs here, and how far that is from the machine's limits. */
@Command(
        name = "bench",
        description = {
            "Measures prefill (pp) and decode (tg) at several depths, beside the memory bandwidth and the multiply-add"
                    + " rate that this machine was measured to have, before and after. The table can be laid beside"
                    + " llama-bench's.",
            "",
            "Weights count as read once for a batch, in their stored formats, and of the routed experts those in use;"
                    + " GFLOP/s are those of the matrix products. Speeds are medians, +- is half the range. Deep contexts"
                    + " are drawn from a seed, not read."
        },
        footer = {"", "  hadal bench --model mini -p 128,512 -n 64 -d 0,4096", "  hadal bench -n 64 --parallel 1,4,8"})
final class BenchCommand implements Runnable {
    private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final Duration KERNEL_WARM_UP = Duration.ofSeconds(60);

    private final Terminal terminal;
    private final HadalCommand hadal;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ModelOption model = new ModelOption();

    @Mixin
    private NumericsOption numerics = new NumericsOption();

    @Option(
            names = "-p",
            paramLabel = "N",
            split = ",",
            defaultValue = "128,512",
            description = "Tokens of the prompts, 0 for none; ${DEFAULT-VALUE} if not given.")
    private List<Integer> prompts = List.of();

    @Option(
            names = "-n",
            paramLabel = "N",
            split = ",",
            defaultValue = "64",
            description = "Tokens to generate, 0 for none; ${DEFAULT-VALUE} if not given.")
    private List<Integer> generated = List.of();

    @Option(
            names = "-d",
            paramLabel = "N",
            split = ",",
            defaultValue = "0,4096",
            description = "Depths: tokens before the first; ${DEFAULT-VALUE} if not given.")
    private List<Integer> depths = List.of();

    @Option(
            names = "--parallel",
            paramLabel = "N",
            split = ",",
            defaultValue = "1",
            description = "Sequences to generate for at once; ${DEFAULT-VALUE} if not given.")
    private List<Integer> parallel = List.of();

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "3",
            description = "Measured runs of each test; ${DEFAULT-VALUE} if not given.")
    private int repeats;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "20",
            description = "Before them each test runs unmeasured until the JVM's compiler has come to rest, at least"
                    + " once; after so many seconds no other such run begins. ${DEFAULT-VALUE} if not given.")
    private int warmUp;

    @Option(
            names = "--turns",
            paramLabel = "NxM",
            description = "Instead: a conversation of N turns of M new tokens each, on the engine.")
    private @Nullable String turns;

    @Option(
            names = "--arrival",
            paramLabel = "N",
            description = "Instead: a prompt of N tokens that arrives while an answer is written, on the engine.")
    private int arrival;

    @Option(names = "--json", description = "Answer in one line of JSON, figures exact.")
    private boolean json;

    BenchCommand(Terminal terminal, HadalCommand hadal) {
        this.terminal = terminal;
        this.hadal = hadal;
    }

    @Override
    public void run() {
        int batchRows = OpenOptions.defaults().batchRows();
        require("-p", prompts, 0, Integer.MAX_VALUE);
        require("-n", generated, 0, Integer.MAX_VALUE);
        require("-d", depths, 0, Integer.MAX_VALUE);
        require("--parallel", parallel, 1, batchRows);
        require("--repeat", List.of(repeats), 1, 1000);
        require("--warm-up", List.of(warmUp), 0, 3600);
        if (turns != null || arrival > 0) {
            measureEngine();
            return;
        }
        int threads = hadal.threads() == 0 ? Runtime.getRuntime().availableProcessors() : hadal.threads();
        terminal.progress("measuring the machine");
        // The first measurement still runs code that is being compiled.
        MachineProbe.measure(threads, PROBE_NANOS);
        MachineLimits before = MachineProbe.measure(threads, PROBE_NANOS);
        Runtime.getRuntime().gc();
        OpenOptions options = hadal.options(terminal)
                .withNumerics(numerics.mode(NumericsMode.W4A8))
                .withThreads(threads);
        try (DeepSeek deepSeek = hadal.checked(DeepSeek.open(model.files(), options))) {
            measure(deepSeek, before);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted", e);
        }
    }

    private void measureEngine() {
        OpenOptions options = hadal.options(terminal).withNumerics(numerics.mode(NumericsMode.W4A8));
        try (DeepSeek deepSeek = hadal.checked(DeepSeek.open(model.files(), options))) {
            terminal.progress("waiting for the kernels to be compiled");
            deepSeek.settledKernels(KERNEL_WARM_UP);
            EngineBench bench = new EngineBench(terminal, deepSeek);
            if (turns != null) {
                int[] numbers = turnNumbers(turns);
                bench.turns(numbers[0], numbers[1]);
            }
            if (arrival > 0) {
                bench.arrival(arrival);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted", e);
        }
    }

    private int[] turnNumbers(String text) {
        if (!text.matches("[1-9][0-9]{0,4}x[1-9][0-9]{0,5}")) {
            throw new ParameterException(spec.commandLine(), "--turns is like 10x2048, but is " + text);
        }
        int cross = text.indexOf('x');
        return new int[] {Integer.parseInt(text.substring(0, cross)), Integer.parseInt(text.substring(cross + 1))};
    }

    private void require(String option, List<Integer> values, int least, int most) {
        for (int value : values) {
            if (value < least || value > most) {
                String range = most == Integer.MAX_VALUE ? "at least " + least : "from " + least + " to " + most;
                throw new ParameterException(spec.commandLine(), option + " must be " + range + ", but is " + value);
            }
        }
    }

    private void measure(DeepSeek deepSeek, MachineLimits before) throws InterruptedException {
        List<Workload> workloads = workloads(deepSeek.info().config().maxPositionEmbeddings());
        terminal.progress("waiting for the kernels to be compiled");
        String kernels = deepSeek.settledKernels(KERNEL_WARM_UP);
        int mostParallel = parallel.stream().mapToInt(Integer::intValue).max().orElse(1);
        Bench bench = new Bench(deepSeek, repeats, mostParallel, Duration.ofSeconds(warmUp));
        List<Measurement> measurements = new ArrayList<>();
        for (Workload workload : workloads) {
            terminal.progress("measuring " + workload.name() + " at depth " + workload.depth());
            measurements.add(bench.measure(workload));
        }
        BenchTable.Memory memory = new BenchTable.Memory(
                bench.bytesPerToken(),
                Conditions.heapBytes(),
                Conditions.peakResidentBytes(),
                bench.stateBytes(),
                deepSeek.model().scratchBytes());
        terminal.progress("measuring the machine again");
        MachineLimits after = MachineProbe.measure(before.threads(), PROBE_NANOS);
        terminal.plain();
        BenchTable table = new BenchTable(deepSeek, kernels, before, after, memory);
        if (json) {
            terminal.printLine(table.json(measurements).toString());
        } else {
            table.print(terminal, measurements);
        }
    }

    /** Depth by depth, so that each deep state is drawn once. */
    private List<Workload> workloads(int context) {
        List<Workload> workloads = new ArrayList<>();
        for (int depth : depths) {
            prompts.stream().map(tokens -> Workload.prefill(tokens, depth)).forEach(workloads::add);
            for (int sequences : parallel) {
                generated.stream()
                        .map(tokens -> Workload.decode(tokens, depth, sequences))
                        .forEach(workloads::add);
            }
        }
        workloads.removeIf(workload -> workload.tokens() == 0);
        if (workloads.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "-p and -n leave nothing to measure");
        }
        workloads.forEach(workload -> requireFits(workload, context));
        return workloads;
    }

    private void requireFits(Workload workload, int context) {
        if ((long) workload.depth() + workload.tokens() > context) {
            throw new ParameterException(
                    spec.commandLine(),
                    workload.name() + " at depth " + workload.depth() + " exceeds the model's context of " + context);
        }
    }
}
