package dev.hadal.cli;

import dev.hadal.DeepSeek;
import dev.hadal.cli.bench.Conditions;
import dev.hadal.cli.bench.MachineLimits;
import dev.hadal.cli.bench.Measurement;
import dev.hadal.cli.bench.WarmUp;
import dev.hadal.cli.bench.Workload;
import dev.hadal.model.v4.StepTimes;
import dev.hadal.tensor.TensorSpec;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code bench} shows: the conditions, the machine's limits, and one row for each workload.
 *
 * @param deepSeek what was measured
 * @param kernels that computed
 * @param before the machine's limits before the measurements
 * @param after the same afterwards
 * @param memory what was in use
 */
record BenchTable(DeepSeek deepSeek, String kernels, MachineLimits before, MachineLimits after, Memory memory) {
    private static final String ROW = "| %-12s | %7s | %9s | %7s | %9s | %9s | %6s | %7s | %8s | %7s |";
    private static final String PART_ROW = "| %-12s | %7s |";
    private static final String PART_CELL = " %11s |";

    /**
     * Memory in bytes.
     *
     * @param weights read for one decoded token
     * @param heap used at the end
     * @param peakResident of the process, mapped weights included
     * @param state of one sequence at the last depth
     * @param scratch for intermediate values
     */
    record Memory(long weights, long heap, long peakResident, long state, long scratch) {}

    /** Prints it. */
    void print(Terminal terminal, List<Measurement> measurements) {
        Conditions conditions = Conditions.current();
        terminal.row(
                "model",
                deepSeek.info().origin() + ", "
                        + Figures.count(deepSeek.info().plan().parameters()) + " parameters");
        terminal.row("formats", String.join(" ", formats()) + ", " + Figures.bytes(tensorBytes()));
        terminal.row("read for a token", Figures.bytes(memory.weights) + " of weights");
        terminal.row(
                "processor",
                conditions.processor() + ", " + conditions.processors() + " processors, " + before.threads()
                        + " threads");
        terminal.row("system", conditions.system() + ", " + conditions.jvm());
        terminal.row("hadal", new Version().getVersion()[0]);
        terminal.row("kernels", kernels + ", " + deepSeek.model().limits().batchRows() + " rows a batch");
        terminal.row("numerics", numerics());
        terminal.row("weights", weights());
        terminal.row("unmeasured runs", warmUp(measurements));
        terminal.row(
                "memory read", limits(before.readOne(), before.readAll(), after.readOne(), after.readAll(), "GB/s"));
        terminal.row(
                "multiply-add", limits(before.fmaOne(), before.fmaAll(), after.fmaOne(), after.fmaAll(), "GFLOP/s"));
        terminal.row(
                "memory",
                Figures.bytes(memory.heap) + " of heap, " + Figures.bytes(memory.peakResident) + " resident at most; "
                        + Figures.bytes(memory.state) + " a sequence at the last depth, "
                        + Figures.bytes(memory.scratch) + " scratch");
        terminal.printLine("");
        terminal.printLine(ROW.formatted(
                "test", "depth", "tokens/s", "+-", "ms/token", "CPU ms", "GB/s", "of read", "GFLOP/s", "of FMA"));
        terminal.printLine("|---|" + "---:|".repeat(9));
        MachineLimits best = before.best(after);
        for (Measurement m : measurements) {
            terminal.printLine(ROW.formatted(
                    m.workload().name(),
                    m.workload().depth(),
                    decimals(2, m.tokensPerSecond()),
                    decimals(2, m.spread()),
                    decimals(3, m.wallMillisPerToken()),
                    decimals(3, m.cpuMillisPerToken()),
                    decimals(2, m.gigabytesPerSecond()),
                    Figures.percent(m.gigabytesPerSecond() / best.readAll()),
                    decimals(2, m.gigaflopsPerSecond()),
                    Figures.percent(m.gigaflopsPerSecond() / best.fmaAll())));
        }
        printParts(terminal, measurements);
    }

    /** Where the time of one token goes. */
    private static void printParts(Terminal terminal, List<Measurement> measurements) {
        terminal.printLine("");
        StringBuilder head = new StringBuilder(String.format(Locale.ROOT, PART_ROW, "ms by part", "depth"));
        for (StepTimes.Part part : StepTimes.Part.values()) {
            head.append(String.format(Locale.ROOT, PART_CELL, part.label()));
        }
        terminal.printLine(head.toString());
        terminal.printLine("|---|" + "---:|".repeat(1 + StepTimes.Part.values().length));
        for (Measurement m : measurements) {
            Workload workload = m.workload();
            StringBuilder row =
                    new StringBuilder(String.format(Locale.ROOT, PART_ROW, workload.name(), workload.depth()));
            for (StepTimes.Part part : StepTimes.Part.values()) {
                row.append(String.format(Locale.ROOT, PART_CELL, decimals(3, m.millisPerToken(part))));
            }
            terminal.printLine(row.toString());
        }
    }

    private long tensorBytes() {
        return deepSeek.tensors().stream().mapToLong(TensorSpec::byteSize).sum();
    }

    private List<String> formats() {
        return deepSeek.tensors().stream()
                .map(tensor -> tensor.dtype().name())
                .distinct()
                .sorted()
                .toList();
    }

    private String numerics() {
        return NumericsOption.name(deepSeek.model().numerics());
    }

    private String weights() {
        long packed = deepSeek.model().packedBytes();
        return packed == 0 ? "mapped" : "packed in memory, " + Figures.bytes(packed);
    }

    /** How often tests ran before they were measured, and whether that was enough for the compiler. */
    static String warmUp(List<Measurement> measurements) {
        IntSummaryStatistics runs =
                measurements.stream().mapToInt(m -> m.warmUp().runs()).summaryStatistics();
        String range = runs.getMin() + (runs.getMax() == runs.getMin() ? "" : " to " + runs.getMax()) + " a test";
        if (measurements.stream().anyMatch(m -> m.warmUp().compiler() == WarmUp.Compiler.UNKNOWN)) {
            return range + "; this JVM does not tell whether its compiler is at rest";
        }
        String atWork = measurements.stream()
                .filter(m -> m.warmUp().compiler() == WarmUp.Compiler.AT_WORK)
                .map(m -> m.workload().name() + " at depth " + m.workload().depth() + " (after "
                        + decimals(0, m.warmUp().nanos() / 1e9) + " s)")
                .collect(Collectors.joining(", "));
        return range
                + (atWork.isEmpty()
                        ? ", until the compiler was at rest"
                        : "; the compiler was still at work: " + atWork);
    }

    private static String limits(double oneBefore, double allBefore, double oneAfter, double allAfter, String unit) {
        return decimals(1, allBefore) + " " + unit + " before, " + decimals(1, allAfter) + " after; one thread "
                + decimals(1, oneBefore) + " and " + decimals(1, oneAfter);
    }

    private static String decimals(int digits, double value) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    /** The same for programs. */
    ObjectNode json(List<Measurement> measurements) {
        Conditions conditions = Conditions.current();
        ObjectNode object = Json.object()
                .put("model", deepSeek.info().origin())
                .put("parameters", deepSeek.info().plan().parameters())
                .put("tensor_bytes", tensorBytes())
                .put("weight_bytes_per_token", memory.weights);
        formats().forEach(object.putArray("formats")::add);
        object.put("processor", conditions.processor())
                .put("processors", conditions.processors())
                .put("threads", before.threads())
                .put("system", conditions.system())
                .put("jvm", conditions.jvm())
                .put("version", new Version().getVersion()[0])
                .put("kernels", kernels)
                .put("numerics", numerics())
                .put("packed_bytes", deepSeek.model().packedBytes())
                .put("batch_rows", deepSeek.model().limits().batchRows());
        object.set("limits_before", json(before));
        object.set("limits_after", json(after));
        object.putObject("memory_bytes")
                .put("heap_limit", conditions.heapLimitBytes())
                .put("heap", memory.heap)
                .put("peak_resident", memory.peakResident)
                .put("state", memory.state)
                .put("scratch", memory.scratch);
        ArrayNode tests = object.putArray("tests");
        measurements.forEach(m -> tests.add(json(m)));
        return object;
    }

    private static ObjectNode json(MachineLimits limits) {
        return Json.object()
                .put("read_gb_per_s_one_thread", limits.readOne())
                .put("read_gb_per_s", limits.readAll())
                .put("fma_gflop_per_s_one_thread", limits.fmaOne())
                .put("fma_gflop_per_s", limits.fmaAll());
    }

    private ObjectNode json(Measurement m) {
        MachineLimits best = before.best(after);
        ObjectNode object = Json.object()
                .put("test", m.workload().name())
                .put("kind", m.workload().kind().name().toLowerCase(Locale.ROOT))
                .put("tokens", m.workload().tokens())
                .put("parallel", m.workload().parallel())
                .put("depth", m.workload().depth())
                .put("tokens_per_s", m.tokensPerSecond())
                .put("spread_tokens_per_s", m.spread())
                .put("wall_ms_per_token", m.wallMillisPerToken())
                .put("cpu_ms_per_token", m.cpuMillisPerToken())
                .put("gb_per_s", m.gigabytesPerSecond())
                .put("share_of_read", m.gigabytesPerSecond() / best.readAll())
                .put("gflop_per_s", m.gigaflopsPerSecond())
                .put("share_of_fma", m.gigaflopsPerSecond() / best.fmaAll());
        ObjectNode parts = object.putObject("ms_per_token_by_part");
        for (StepTimes.Part part : StepTimes.Part.values()) {
            parts.put(part.label(), m.millisPerToken(part));
        }
        object.putObject("warm_up")
                .put("runs", m.warmUp().runs())
                .put("wall_ns", m.warmUp().nanos())
                .put("compiler", m.warmUp().compiler().name().toLowerCase(Locale.ROOT));
        ArrayNode runs = object.putArray("wall_ns");
        m.runs().forEach(run -> runs.add(run.wallNanos()));
        return object;
    }
}
