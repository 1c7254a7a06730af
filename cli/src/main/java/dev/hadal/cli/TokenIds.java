package dev.hadal.cli;

import dev.hadal.checkpoint.DirectoryFiles;
import dev.hadal.checkpoint.ModelFiles;
import dev.hadal.checkpoint.SafetensorsFile;
import dev.hadal.tensor.DType;
import dev.hadal.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Token ids as people write them: separated by commas or white space. */
final class TokenIds {
    private static final Pattern SEPARATORS = Pattern.compile("[\\s,]+");
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Where the JSON of a safetensors file begins; no text of ids has a brace. */
    private static final int HEADER_START = Long.BYTES;

    private static final String TENSOR = "ids";

    private TokenIds() {}

    /**
     * The ids in an argument: the ids themselves, or {@code @} and the name of a file of them.
     *
     * @throws CommandException naming what is not an id
     */
    static int[] ofArgument(String argument) {
        return argument.startsWith("@") ? ofFile(Path.of(argument.substring(1)).toAbsolutePath()) : parse(argument);
    }

    /**
     * The ids in a text.
     *
     * @throws CommandException naming what is not an id
     */
    static int[] parse(String text) {
        return SEPARATORS
                .splitAsStream(text)
                .filter(word -> !word.isEmpty())
                .mapToInt(TokenIds::parseOne)
                .toArray();
    }

    /** The ids in one line that {@link #parse} reads. */
    static String format(int[] ids) {
        return Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(" "));
    }

    private static int parseOne(String word) {
        try {
            return checked(Long.parseLong(word));
        } catch (NumberFormatException e) {
            throw new CommandException(
                    "\"" + word
                            + "\" is not a token id; ids are whole numbers from 0, separated by commas or white space",
                    e);
        }
    }

    private static int checked(long id) {
        if (id < 0 || id > Integer.MAX_VALUE) {
            throw new CommandException(id + " is not a token id; ids are whole numbers from 0");
        }
        return (int) id;
    }

    private static int[] ofFile(Path file) {
        Path directory = file.getParent();
        Path name = file.getFileName();
        if (directory == null || name == null) {
            throw new CommandException(file + " is not a file of token ids");
        }
        try (ModelFiles files = DirectoryFiles.open(directory)) {
            MemorySegment bytes = files.map(name.toString());
            boolean safetensors =
                    bytes.byteSize() > HEADER_START && bytes.get(ValueLayout.JAVA_BYTE, HEADER_START) == '{';
            return safetensors ? ofTensor(file, bytes) : parse(text(file, bytes));
        }
    }

    private static String text(Path file, MemorySegment bytes) {
        if (bytes.byteSize() > Terminal.MAX_INPUT_BYTES) {
            throw new CommandException(file + " is longer than " + Terminal.MAX_INPUT_BYTES + " bytes; shorten it");
        }
        return new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    private static int[] ofTensor(Path file, MemorySegment bytes) {
        Tensor tensor = SafetensorsFile.parse(file.toString(), bytes).tensors().get(TENSOR);
        if (tensor == null || tensor.dtype() != DType.I64) {
            throw new CommandException(file + " has no I64 tensor \"" + TENSOR + "\"");
        }
        int[] ids = new int[Math.toIntExact(tensor.elements())];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = checked(tensor.data().getAtIndex(I64, i));
        }
        return ids;
    }
}
