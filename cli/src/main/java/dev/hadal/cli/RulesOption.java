package dev.hadal.cli;

import dev.hadal.chat.EffortRules;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What the reasoning efforts write into a prompt. */
final class RulesOption {
    @Option(
            names = "--rules",
            paramLabel = "preview|ga",
            converter = Converter.class,
            description = "What the reasoning efforts write into the prompt: as the releases of April 2026 do, or as"
                    + " those since July. By default what the model was released with.")
    private @Nullable EffortRules rules;

    /** The rules asked for, or null for those of the model. */
    @Nullable
    EffortRules rules() {
        return rules;
    }

    /** Understands the short names and those of the releases. */
    static final class Converter implements ITypeConverter<EffortRules> {
        @Override
        public EffortRules convert(String name) {
            try {
                return EffortRules.of(name);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
