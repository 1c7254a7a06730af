package dev.hadal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hadal.checkpoint.DirectoryFiles;
import dev.hadal.checkpoint.SafetensorsFile;
import dev.hadal.cli.Cli.Result;
import dev.hadal.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogitsCommandTest {
    private static final Path FLASH = Path.of("..", "core", "src", "test", "resources", "golden", "flash");
    private static final int VOCABULARY = 512;
    private static final int ROWS = 40;

    @TempDir
    private Path directory = Path.of("");

    /** The largest difference that golden/README.md allows in fp32. */
    private static final float TOLERANCE = 2e-3f;

    @Test
    void computesTheRecordedLogits() {
        Path out = directory.resolve("out.safetensors");
        String ids = ids(ROWS);
        Result result = logits(out, "--ids", ids, "--numerics", "fp32", "--mtp", "--json");
        assertThat(result).isEqualTo(new Result(0, "{\"logits\":[40,512],\"mtp\":[39,512]}\n", ""));
        Path golden = FLASH.resolve("golden.safetensors");
        assertClose(read(out, "logits"), read(golden, "logits_fp32"), ROWS);
        assertClose(read(out, "mtp"), read(golden, "mtp_fp32"), ROWS - 1);
    }

    private static void assertClose(float[] computed, float[] recorded, int rows) {
        assertThat(computed).hasSize(rows * VOCABULARY);
        for (int i = 0; i < computed.length; i++) {
            assertThat(computed[i]).isCloseTo(recorded[i], within(TOLERANCE));
        }
    }

    @Test
    void chunksAndThreadsChangeNoBit() throws IOException {
        Path whole = directory.resolve("whole.safetensors");
        Path parts = directory.resolve("parts.safetensors");
        assertThat(logits(whole, "--ids", ids(20), "--mtp", "--threads", "1").code())
                .isZero();
        assertThat(logits(parts, "--ids", ids(20), "--mtp", "--threads", "2", "--chunk", "3")
                        .code())
                .isZero();
        assertThat(Files.mismatch(whole, parts)).isEqualTo(-1);
    }

    @Test
    void lastWritesTheLastRowOnly() throws IOException {
        Path all = directory.resolve("all.safetensors");
        Path last = directory.resolve("last.safetensors");
        Path text = Files.writeString(directory.resolve("ids.txt"), ids(9).replace(",", " \n"));
        assertThat(logits(all, "--ids", ids(9)).code()).isZero();
        assertThat(logits(last, "--ids", "@" + text, "--last", "--chunk", "4").out())
                .isEqualTo("  logits                  [1, 512]\n");
        float[] rows = read(all, "logits");
        assertThat(read(last, "logits")).isEqualTo(Arrays.copyOfRange(rows, 8 * VOCABULARY, rows.length));
    }

    @Test
    void readsIdsFromSafetensors() {
        Path out = directory.resolve("out.safetensors");
        assertThat(logits(out, "--ids", "@" + FLASH.resolve("golden.safetensors"), "--last")
                        .code())
                .isZero();
        assertThat(read(out, "logits")).hasSize(VOCABULARY);
    }

    @Test
    void saysWhatIsWrongWithItsIds() {
        Path out = directory.resolve("out.safetensors");
        assertThat(logits(out, "--ids", "1,512"))
                .isEqualTo(new Result(1, "", "hadal: the id 512 at index 1 is not in the model's vocabulary of 512\n"));
        assertThat(logits(out, "--ids", "1,-2").err())
                .isEqualTo("hadal: -2 is not a token id; ids are whole numbers from 0\n");
        assertThat(logits(out, "--ids", " "))
                .isEqualTo(new Result(2, "", "hadal: --ids must be at least 1, but are 0 (see hadal logits --help)\n"));
        assertThat(logits(out, "--ids", "1", "--mtp").err())
                .isEqualTo("hadal: --ids must be at least 2 with --mtp, but are 1 (see hadal logits --help)\n");
        assertThat(logits(out, "--ids", "1", "--chunk", "0").code()).isEqualTo(2);
        assertThat(Cli.run("logits", "--out", "x").err())
                .isEqualTo("hadal: Missing required option: '--ids=IDS|@FILE' (see hadal logits --help)\n");
        Path shard = FLASH.resolve("model-00001-of-00009.safetensors").toAbsolutePath();
        assertThat(logits(out, "--ids", "@" + shard).err())
                .isEqualTo("hadal: " + shard + " has no I64 tensor \"ids\"\n");
        assertThat(out).doesNotExist();
    }

    private static Result logits(Path out, String... options) {
        String[] args = {"logits", "--model", FLASH.toString(), "--out", out.toString()};
        String[] all = Arrays.copyOf(args, args.length + options.length);
        System.arraycopy(options, 0, all, args.length, options.length);
        return Cli.run(all);
    }

    private static String ids(int count) {
        try (DirectoryFiles files = DirectoryFiles.open(FLASH)) {
            long[] ids = tensor(files, "golden.safetensors", "ids").data().toArray(ValueLayout.JAVA_LONG_UNALIGNED);
            return Arrays.stream(ids).limit(count).mapToObj(Long::toString).collect(Collectors.joining(","));
        }
    }

    private static float[] read(Path file, String name) {
        try (DirectoryFiles files = DirectoryFiles.open(Objects.requireNonNull(file.getParent()))) {
            return tensor(files, String.valueOf(file.getFileName()), name)
                    .data()
                    .toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        }
    }

    private static Tensor tensor(DirectoryFiles files, String file, String name) {
        return Objects.requireNonNull(
                SafetensorsFile.parse(file, files.map(file)).tensors().get(name), name);
    }
}
