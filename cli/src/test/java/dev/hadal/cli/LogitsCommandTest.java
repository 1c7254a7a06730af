package dev.hadal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hadal.checkpoint.DirectoryFiles;
import dev.hadal.checkpoint.SafetensorsFile;
import dev.hadal.cli.Cli.Result;
import dev.hadal.tensor.DType;
import dev.hadal.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
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
        Map<String, float[]> tensors = read(out);
        assertThat(tensors).containsOnlyKeys("logits", "mtp");
        Map<String, float[]> golden = read(FLASH.resolve("golden.safetensors"));
        assertClose(tensors, "logits", golden, "logits_fp32", ROWS);
        assertClose(tensors, "mtp", golden, "mtp_fp32", ROWS - 1);
    }

    private static void assertClose(
            Map<String, float[]> tensors, String name, Map<String, float[]> golden, String recorded, int rows) {
        assertThat(tensors.get(name)).hasSize(rows * VOCABULARY);
        for (int i = 0; i < rows * VOCABULARY; i++) {
            assertThat(tensors.get(name)[i]).isCloseTo(golden.get(recorded)[i], within(TOLERANCE));
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
        float[] rows = read(all).get("logits");
        assertThat(read(last).get("logits")).isEqualTo(Arrays.copyOfRange(rows, 8 * VOCABULARY, rows.length));
    }

    @Test
    void readsIdsFromSafetensors() {
        Path out = directory.resolve("out.safetensors");
        assertThat(logits(out, "--ids", "@" + FLASH.resolve("golden.safetensors"), "--last")
                        .code())
                .isZero();
        assertThat(read(out).get("logits")).hasSize(VOCABULARY);
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
            Tensor ids = SafetensorsFile.parse("golden", files.map("golden.safetensors"))
                    .tensors()
                    .get("ids");
            return Arrays.stream(ids.data().toArray(ValueLayout.JAVA_LONG_UNALIGNED))
                    .limit(count)
                    .mapToObj(Long::toString)
                    .collect(Collectors.joining(","));
        }
    }

    private static Map<String, float[]> read(Path file) {
        try (DirectoryFiles files = DirectoryFiles.open(file.toAbsolutePath().getParent())) {
            String name = file.getFileName().toString();
            return SafetensorsFile.parse(name, files.map(name)).tensors().values().stream()
                    .filter(tensor -> tensor.dtype() == DType.F32)
                    .collect(Collectors.toMap(
                            Tensor::name, tensor -> tensor.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED)));
        }
    }
}
