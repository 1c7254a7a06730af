package dev.hadal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.cli.Cli.Result;
import dev.hadal.cli.bench.Measurement;
import dev.hadal.cli.bench.WarmUp;
import dev.hadal.cli.bench.Workload;
import dev.hadal.model.v4.StepTimes;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class BenchCommandTest {
    private static final String FLASH =
            Path.of("..", "core", "src", "test", "resources", "golden", "flash").toString();

    @Test
    void printsOneTableWithItsConditions() {
        Result bench = Cli.run(
                "bench",
                "--model",
                FLASH,
                "-p",
                "8,0",
                "-n",
                "2",
                "-d",
                "0,130",
                "--parallel",
                "1,2",
                "--repeat",
                "1",
                "--warm-up",
                "0",
                "--threads",
                "2",
                "--require-vector");
        assertThat(bench.code()).isZero();
        List<String> lines = bench.out().lines().toList();
        assertThat(lines.getFirst()).startsWith("  model                   " + FLASH + ", ");
        assertThat(bench.out())
                .contains(
                        "  formats                 BF16 F32 F8_E4M3 F8_E8M0 I64 I8, ",
                        " processors, 2 threads\n",
                        " GB/s before, ",
                        " GFLOP/s before, ",
                        ", 512 rows a batch\n",
                        "  kernels                 vector, ",
                        "  weights                 mapped\n",
                        "  unmeasured runs         1 a test");
        assertThat(lines.stream().filter(line -> line.startsWith("| ")))
                .hasSize(14)
                .allMatch(line -> line.chars().filter(c -> c == '|').count() == 11);
        assertThat(lines)
                .anyMatch(
                        line -> line.matches("\\| ms by part +\\| +depth \\| +mixing \\| +projections \\|.* head \\|"));
        assertThat(lines.stream().filter(line -> line.matches("\\| (pp8|tg2|tg2 x 2) +\\| +(0|130) \\|.*")))
                .hasSize(12);
    }

    @Test
    void answersInJson() {
        JsonNode bench = Cli.run(
                        "bench",
                        "--model",
                        FLASH,
                        "-p",
                        "300",
                        "-n",
                        "3",
                        "-d",
                        "64",
                        "--parallel",
                        "2",
                        "--repeat",
                        "2",
                        "--warm-up",
                        "0",
                        "--json",
                        "--threads",
                        "1",
                        "--numerics",
                        "fp32")
                .json();
        assertThat(bench.path("threads").intValue()).isEqualTo(1);
        assertThat(bench.path("limits_before").path("read_gb_per_s").doubleValue())
                .isPositive();
        assertThat(bench.path("memory_bytes").path("state").longValue()).isPositive();
        JsonNode prefill = bench.path("tests").get(0);
        JsonNode decode = bench.path("tests").get(1);
        assertThat(bench.path("tests")).hasSize(2);
        assertThat(prefill.path("test").stringValue()).isEqualTo("pp300");
        assertThat(decode.path("test").stringValue()).isEqualTo("tg3 x 2");
        assertThat(decode.path("depth").intValue()).isEqualTo(64);
        assertThat(decode.path("wall_ns")).hasSize(2);
        assertThat(decode.path("warm_up").path("runs").intValue()).isEqualTo(1);
        assertThat(decode.path("warm_up").path("compiler").stringValue()).isIn("at_rest", "at_work");
        for (JsonNode test : List.of(prefill, decode)) {
            long tokens =
                    test.path("tokens").longValue() * test.path("parallel").longValue();
            double seconds = (test.path("wall_ns").get(0).longValue()
                            + test.path("wall_ns").get(1).longValue())
                    / 2e9;
            assertThat(test.path("tokens_per_s").doubleValue() * seconds / tokens)
                    .isBetween(0.999, 1.001);
            double parts = test.path("ms_per_token_by_part")
                    .valueStream()
                    .mapToDouble(JsonNode::doubleValue)
                    .sum();
            assertThat(parts * tokens / 1e3).isBetween(0.5 * seconds, seconds);
            assertThat(test.path("share_of_read").doubleValue()).isBetween(0.0, 1.5);
            assertThat(test.path("share_of_fma").doubleValue()).isBetween(0.0, 1.5);
        }
        // Two rows of a model that uses 2 of 8 experts read more than one row does, and less than two.
        double step = 2e9
                * decode.path("gb_per_s").doubleValue()
                / decode.path("tokens_per_s").doubleValue();
        double one = bench.path("weight_bytes_per_token").doubleValue();
        assertThat(step).isBetween(1.01 * one, 1.99 * one);
    }

    @Test
    void namesTheTestsForWhichTheCompilerDidNotComeToRest() {
        Measurement warm = measurement(0, WarmUp.Compiler.AT_REST, 1);
        Measurement cold = measurement(4096, WarmUp.Compiler.AT_WORK, 9);
        Measurement unknown = measurement(0, WarmUp.Compiler.UNKNOWN, 1);
        assertThat(BenchTable.warmUp(List.of(warm))).isEqualTo("1 a test, until the compiler was at rest");
        assertThat(BenchTable.warmUp(List.of(warm, cold)))
                .isEqualTo("1 to 9 a test; the compiler was still at work: tg8 at depth 4096 (after 20 s)");
        assertThat(BenchTable.warmUp(List.of(unknown)))
                .isEqualTo("1 a test; this JVM does not tell whether its compiler is at rest");
    }

    private static Measurement measurement(int depth, WarmUp.Compiler compiler, int runs) {
        WarmUp.Outcome warmUp = new WarmUp.Outcome(runs, 20_400_000_000L, compiler);
        return new Measurement(Workload.decode(8, depth, 1), warmUp, List.of(), StepTimes.of(1), 1, 1);
    }

    @Test
    void saysWhatIsWrongWithItsOptions() {
        assertWrong("-p must be at least 0, but is -1", "-p", "-1");
        assertWrong("--parallel must be from 1 to 512, but is 513", "--parallel", "1,513");
        assertWrong("--repeat must be from 1 to 1000, but is 0", "--repeat", "0");
        assertWrong("--warm-up must be from 0 to 3600, but is -1", "--warm-up", "-1");
        assertWrong("Invalid value for option '-d' (N): 'deep' is not an int", "-d", "deep");
        assertWrong("-p and -n leave nothing to measure", "-p", "0", "-n", "0");
        assertWrong("tg64 at depth 1048576 exceeds the model's context of 1048576", "-p", "0", "-d", "1048576");
    }

    private static void assertWrong(String sentence, String... args) {
        String[] all = new String[args.length + 1];
        all[0] = "bench";
        System.arraycopy(args, 0, all, 1, args.length);
        assertThat(Cli.run(all)).isEqualTo(new Result(2, "", "hadal: " + sentence + " (see hadal bench --help)\n"));
    }
}
