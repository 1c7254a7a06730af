package dev.hadal.cli;

import dev.hadal.model.NumericsMode;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How numbers are rounded. */
final class NumericsOption {
    @Option(
            names = "--numerics",
            paramLabel = "fp32|qat",
            converter = Converter.class,
            defaultValue = "qat",
            description = "qat rounds as the model was trained; fp32 does not, to compare implementations."
                    + " ${DEFAULT-VALUE} if not given.")
    private NumericsMode mode = NumericsMode.QAT;

    /** The mode asked for. */
    NumericsMode mode() {
        return mode;
    }

    /** Spelled as in the documents. */
    static final class Converter implements ITypeConverter<NumericsMode> {
        @Override
        public NumericsMode convert(String name) {
            return switch (name) {
                case "fp32" -> NumericsMode.FP32;
                case "qat" -> NumericsMode.QAT;
                default -> throw new TypeConversionException("expected fp32 or qat but was \"" + name + "\"");
            };
        }
    }
}
