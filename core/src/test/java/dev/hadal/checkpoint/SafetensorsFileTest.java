package dev.hadal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.tensor.DType;
import dev.hadal.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One test for each rule of the format (reliability.md W1). */
class SafetensorsFileTest {
    private static final String DAMAGED = ". The file is damaged or not a safetensors file; download it again";
    private static final String AGAIN = ". Download the file again";

    private static SafetensorsFile parse(byte[] file) {
        return SafetensorsFile.parse("a.safetensors", MemorySegment.ofArray(file));
    }

    private static void refuses(byte[] file, String message) {
        assertThatThrownBy(() -> parse(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("a.safetensors: " + message);
    }

    private static void refuses(String header, int dataBytes, String message) {
        refuses(MemoryFiles.safetensors(header, dataBytes), message);
    }

    /** One tensor {@code x} of eight bytes with a fragment of the header replaced. */
    private static void refusesTensor(String tensor, String message) {
        refuses("{\"x\":" + tensor + "}", 8, message + DAMAGED);
    }

    private static String entry(String name, int begin, int end) {
        return "\"" + name + "\":{\"dtype\":\"I8\",\"shape\":[" + (end - begin) + "],\"data_offsets\":[" + begin + ","
                + end + "]}";
    }

    private static byte[] withHeaderLength(long length) {
        byte[] file = MemoryFiles.safetensors("{" + entry("x", 0, 8) + "}", 8);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
        return file;
    }

    @Test
    void readsTensorsInTheOrderOfTheHeader() {
        byte[] file = MemoryFiles.safetensors(
                "{\"__metadata__\":{\"format\":\"pt\"},"
                        + "\"b\":{\"dtype\":\"BF16\",\"shape\":[1,2],\"data_offsets\":[4,8]},"
                        + "\"a\":{\"shape\":[4],\"data_offsets\":[0,4],\"dtype\":\"F8_E4M3\"},"
                        + "\"empty\":{\"dtype\":\"F32\",\"shape\":[3,0],\"data_offsets\":[4,4]}}  ",
                8);
        file[file.length - 1] = 42;
        SafetensorsFile parsed = parse(file);
        assertThat(parsed.tensors()).containsOnlyKeys("b", "a", "empty");
        Tensor b = parsed.tensors().values().iterator().next();
        assertThat(b.name()).isEqualTo("b");
        assertThat(b.dtype()).isEqualTo(DType.BF16);
        assertThat(b.shape()).containsExactly(1L, 2L);
        assertThat(b.data().toArray(ValueLayout.JAVA_BYTE)).containsExactly(0, 0, 0, 42);
    }

    @Test
    void refusesAFileWithoutHeaderLength() {
        refuses(new byte[7], "is 7 bytes long, too short for a safetensors header" + AGAIN);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, 100_000_001, Long.MAX_VALUE})
    void refusesAHeaderLengthOutOfRange(long length) {
        refuses(withHeaderLength(length), "header length " + length + " is not between 1 and 100000000" + AGAIN);
    }

    @Test
    void refusesAHeaderThatReachesBeyondTheFile() {
        refuses(
                withHeaderLength(100_000_000),
                "header length 100000000 reaches beyond the end of the file at 69" + AGAIN);
        refuses(withHeaderLength(62), "header length 62 reaches beyond the end of the file at 69" + AGAIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {" {}", "[]", "\"\"", "\u0000{}"})
    void refusesAHeaderThatDoesNotStartWithABrace(String header) {
        refuses(header, 0, "the header does not start with '{'" + DAMAGED);
    }

    @Test
    void refusesAHeaderThatIsNotJson() {
        assertThatThrownBy(() -> parse(MemoryFiles.safetensors("{\"x\":oops}", 0)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("a.safetensors: the header cannot be parsed at byte ")
                .hasMessageEndingWith(DAMAGED);
        assertThatThrownBy(() -> parse(MemoryFiles.safetensors("{\"x\":{", 0)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("a.safetensors: the header cannot be parsed at byte ")
                .hasMessageEndingWith(DAMAGED);
    }

    @Test
    void refusesAnythingBehindTheHeaderObject() {
        refuses("{} {}", 0, "something follows the header object" + DAMAGED);
    }

    @Test
    void refusesATensorThatIsListedTwice() {
        refuses(
                "{" + entry("x", 0, 4) + "," + entry("x", 4, 8) + "}",
                8,
                "the header cannot be parsed at byte 56: Duplicate Object property \"x\"" + DAMAGED);
    }

    @Test
    void refusesOverlappingTensors() {
        refuses("{" + entry("x", 0, 5) + "," + entry("y", 4, 8) + "}", 8, "tensor y at 4 overlaps tensor x" + DAMAGED);
        refuses("{" + entry("x", 0, 8) + "," + entry("y", 0, 8) + "}", 8, "tensor y at 0 overlaps tensor x" + DAMAGED);
    }

    @Test
    void refusesHoles() {
        refuses(
                "{" + entry("x", 1, 8) + "}",
                8,
                "there is a hole of 1 bytes between the header and tensor x" + DAMAGED);
        refuses(
                "{" + entry("y", 5, 8) + "," + entry("x", 0, 3) + "}",
                8,
                "there is a hole of 2 bytes between tensor x and tensor y" + DAMAGED);
    }

    @Test
    void refusesATruncatedFile() {
        refuses("{" + entry("x", 0, 8) + "}", 7, "is truncated: the tensors take 8 bytes and only 7 are there" + AGAIN);
    }

    @Test
    void refusesBytesThatBelongToNoTensor() {
        refuses("{" + entry("x", 0, 8) + "}", 11, "3 bytes at the end belong to no tensor" + DAMAGED);
        refuses("{}", 1, "1 bytes at the end belong to no tensor" + DAMAGED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'dtype':'I8','shape':[8],'data_offsets':[8,0]}|tensor x ends at 0, before it begins at 8",
                "{'dtype':'F32','shape':[8],'data_offsets':[0,8]}|tensor x: shape [8] of F32 takes 32 bytes, data_offsets span 8",
                "{'dtype':'I8','shape':[3037000500,3037000500],'data_offsets':[0,8]}|tensor x: the bytes of shape [3037000500, 3037000500] do not fit 63 bits",
                "{'dtype':'I64','shape':[2305843009213693953],'data_offsets':[0,8]}|tensor x: the bytes of shape [2305843009213693953] do not fit 63 bits",
                "{'dtype':'F7','shape':[8],'data_offsets':[0,8]}|tensor x has the unknown dtype F7",
                "{'dtype':7,'shape':[8],'data_offsets':[0,8]}|tensor x: dtype is not text",
                "{'dtype':'I8','shape':8,'data_offsets':[0,8]}|tensor x: shape is not a list",
                "{'dtype':'I8','shape':[8.0],'data_offsets':[0,8]}|tensor x: shape holds something that is not a whole number",
                "{'dtype':'I8','shape':[[8]],'data_offsets':[0,8]}|tensor x: shape holds something that is not a whole number",
                "{'dtype':'I8','shape':[-8],'data_offsets':[0,8]}|tensor x: shape holds -8, not a number of 0 to 63 bits",
                "{'dtype':'I8','shape':[9223372036854775808],'data_offsets':[0,8]}|tensor x: shape holds 9223372036854775808, not a number of 0 to 63 bits",
                "{'dtype':'I8','shape':[1,1,1,1,1,1,1,1,8],'data_offsets':[0,8]}|tensor x: shape has more than 8 entries",
                "{'dtype':'I8','shape':[8],'data_offsets':[0]}|tensor x has 1 data_offsets instead of 2",
                "{'dtype':'I8','shape':[8],'data_offsets':[0,8,8]}|tensor x: data_offsets has more than 2 entries",
                "{'dtype':'I8','shape':[8],'data_offsets':[-8,0]}|tensor x: data_offsets holds -8, not a number of 0 to 63 bits",
                "{'shape':[8],'data_offsets':[0,8]}|tensor x has no dtype",
                "{'dtype':'I8','data_offsets':[0,8]}|tensor x has no shape",
                "{'dtype':'I8','shape':[8]}|tensor x has no data_offsets",
                "{'dtype':'I8','shape':[8],'data_offsets':[0,8],'zip':1}|tensor x has an unknown key zip",
                "[1]|tensor x is not an object",
                "null|tensor x is not an object",
            },
            quoteCharacter = '`')
    void refusesABadEntry(String tensor, String message) {
        refusesTensor(tensor.replace('\'', '"'), message);
    }

    @Test
    void refusesMetadataThatIsNotText() {
        refuses("{\"__metadata__\":[]}", 0, "__metadata__ is not an object" + DAMAGED);
        refuses("{\"__metadata__\":{\"a\":{}}}", 0, "__metadata__.a is not text" + DAMAGED);
    }

    @Test
    void refusesLongNames() {
        assertThat(parse(MemoryFiles.safetensors("{" + entry("n".repeat(256), 0, 8) + "}", 8))
                        .tensors())
                .hasSize(1);
        refuses(
                "{" + entry("n".repeat(257), 0, 8) + "}",
                8,
                "a tensor name is 257 characters long, more than 256" + DAMAGED);
        assertThatThrownBy(() -> parse(MemoryFiles.safetensors("{" + entry("n".repeat(1 << 20), 0, 8) + "}", 8)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("a.safetensors: the header cannot be parsed: ");
    }

    @Test
    void refusesTooManyTensors() {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i < SafetensorsHeader.MAX_TENSORS; i++) {
            header.append('"').append(i).append("\":{\"dtype\":\"I8\",\"shape\":[0],\"data_offsets\":[0,0]},");
        }
        byte[] full = (header.substring(0, header.length() - 1) + "}").getBytes(StandardCharsets.UTF_8);
        assertThat(SafetensorsHeader.read("a.safetensors", full).size()).isEqualTo(262_144);
        byte[] tooMany = (header + entry("x", 0, 0) + "}").getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> SafetensorsHeader.read("a.safetensors", tooMany))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("a.safetensors: lists more than 262144 tensors" + DAMAGED);
    }

    @Test
    void refusesDeepNestingWithoutRecursion() {
        assertThatThrownBy(() -> parse(MemoryFiles.safetensors("{\"x\":" + "[".repeat(1_000_000), 0)))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("a.safetensors: tensor x is not an object" + DAMAGED);
    }
}
