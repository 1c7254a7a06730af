package dev.hadal.cli;

import dev.hadal.ChatOptions;
import dev.hadal.chat.ReasoningEffort;
import dev.hadal.chat.ThinkingMode;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Whether and how hard the model reasons before it answers. */
enum Think {
    OFF(ThinkingMode.CHAT, ReasoningEffort.NONE),
    LOW(ThinkingMode.THINKING, ReasoningEffort.LOW),
    HIGH(ThinkingMode.THINKING, ReasoningEffort.HIGH),
    MAX(ThinkingMode.THINKING, ReasoningEffort.MAX);

    private final ThinkingMode mode;
    private final ReasoningEffort effort;

    Think(ThinkingMode mode, ReasoningEffort effort) {
        this.mode = mode;
        this.effort = effort;
    }

    /** The options with this mode and effort. */
    ChatOptions in(ChatOptions options) {
        return options.withMode(mode).withEffort(effort);
    }

    /** Spelled in small letters. */
    static final class Converter implements ITypeConverter<Think> {
        @Override
        public Think convert(String name) {
            return switch (name) {
                case "off" -> OFF;
                case "low" -> LOW;
                case "high" -> HIGH;
                case "max" -> MAX;
                default -> throw new TypeConversionException("expected off, low, high or max but was \"" + name + "\"");
            };
        }
    }
}
