package dev.hadal.cli;

import dev.hadal.model.NumericsMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How numbers are rounded. */
final class NumericsOption {
    @Option(
            names = "--numerics",
            paramLabel = "fp32|qat|w4a8",
            converter = Converter.class,
            description = {
                "qat rounds as the model was trained; w4a8 rounds the inputs of FP4 products too, to integers, which is"
                        + " faster; fp32 rounds nothing, to compare implementations.",
                "If not given: w4a8; where logits are written, qat."
            })
    private @Nullable NumericsMode mode;

    /** The mode asked for, or else {@code usual}. */
    NumericsMode mode(NumericsMode usual) {
        return mode == null ? usual : mode;
    }

    /** A mode as it is spelled in the documents. */
    static String name(NumericsMode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    /** Spelled as in the documents. */
    static final class Converter implements ITypeConverter<NumericsMode> {
        @Override
        public NumericsMode convert(String name) {
            return switch (name) {
                case "fp32" -> NumericsMode.FP32;
                case "qat" -> NumericsMode.QAT;
                case "w4a8" -> NumericsMode.W4A8;
                default -> throw new TypeConversionException("expected fp32, qat or w4a8 but was \"" + name + "\"");
            };
        }
    }
}
