package dev.hadal.cli;

import dev.hadal.ChatOptions;
import dev.hadal.DeepSeek;
import dev.hadal.OpenOptions;
import dev.hadal.chat.Conversation;
import dev.hadal.chat.Message;
import dev.hadal.model.NumericsMode;
import dev.hadal.sample.SamplingParams;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** How the model is run and how it answers: what run and chat have in common. */
final class AnswerOptions {
    @Spec(Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ModelOption model = new ModelOption();

    @Mixin
    private NumericsOption numerics = new NumericsOption();

    @Mixin
    private RulesOption rules = new RulesOption();

    @Option(names = "--system", paramLabel = "TEXT", description = "Instructions before the conversation.")
    private @Nullable String system;

    @Option(
            names = "--think",
            paramLabel = "off|low|high|max",
            converter = Think.Converter.class,
            defaultValue = "high",
            description = "How hard to reason before the answer; ${DEFAULT-VALUE} if not given.")
    private Think think = Think.HIGH;

    @Option(names = "--hide-thinking", description = "Do not show the reasoning.")
    private boolean hideThinking;

    @Option(names = "--max-tokens", paramLabel = "N", description = "Most tokens of an answer, reasoning included.")
    private @Nullable Integer maxTokens;

    @Option(
            names = "--temperature",
            paramLabel = "X",
            description =
                    "0 always takes the likeliest token, 1 the model's own odds, 2 is the most. If not given, this and"
                            + " the next three are as in the model's generation_config.json.")
    private @Nullable Float temperature;

    @Option(
            names = "--top-p",
            paramLabel = "X",
            description = "Take only from the likeliest tokens that reach this share.")
    private @Nullable Float topP;

    @Option(names = "--top-k", paramLabel = "N", description = "Take only from the N likeliest tokens.")
    private @Nullable Integer topK;

    @Option(
            names = "--min-p",
            paramLabel = "X",
            description = "Take only from tokens at least this likely, as a share of the likeliest.")
    private @Nullable Float minP;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "The same seed gives the same answer; random if not given.")
    private @Nullable Long seed;

    @Option(
            names = "--stop",
            paramLabel = "TEXT",
            description = "End the answer before this text. May be given several times.")
    private List<String> stop = List.of();

    @Option(
            names = "--parity",
            description =
                    "Let the spelling of control tokens in a message become control tokens, as the reference does.")
    private boolean parity;

    /** Whether the reasoning stays out of sight. */
    boolean hideThinking() {
        return hideThinking;
    }

    /** Opens the model and says on a screen how it will compute; notices go to standard error. */
    DeepSeek open(Terminal terminal, HadalCommand hadal) {
        requireRanges();
        OpenOptions options = hadal.options(terminal).withNumerics(numerics.mode(NumericsMode.W4A8));
        OpenOptions wanted = rules.rules() == null ? options : options.withRules(rules.rules());
        DeepSeek deepSeek = hadal.checked(DeepSeek.open(model.files(), wanted));
        terminal.aside("hadal: " + ComputePath.of(deepSeek));
        return deepSeek;
    }

    /** A conversation in which nothing was said yet. */
    Conversation beginning() {
        return system == null ? Conversation.of() : Conversation.of(Message.system(system));
    }

    /** How to answer, by the model's own defaults where nothing else was asked for. */
    ChatOptions answers(DeepSeek deepSeek) {
        ChatOptions options = think.in(ChatOptions.defaults())
                .withSampling(sampling(deepSeek.defaults().sampling()))
                .withStop(stop)
                .withParity(parity);
        return maxTokens == null ? options : options.withMaxTokens(maxTokens);
    }

    private SamplingParams sampling(SamplingParams defaults) {
        SamplingParams sampling = defaults.withSeed(seed == null ? new SecureRandom().nextLong() : seed);
        sampling = temperature == null ? sampling : sampling.withTemperature(temperature);
        sampling = topP == null ? sampling : sampling.withTopP(topP);
        sampling = topK == null ? sampling : sampling.withTopK(topK);
        return minP == null ? sampling : sampling.withMinP(minP);
    }

    /** Says what is out of range before minutes are spent on loading a model. */
    private void requireRanges() {
        try {
            sampling(SamplingParams.greedy());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
        }
        if (maxTokens != null && maxTokens < 1) {
            throw new ParameterException(spec.commandLine(), "--max-tokens must be at least 1, but is " + maxTokens);
        }
        if (stop.stream().anyMatch(String::isEmpty)) {
            throw new ParameterException(spec.commandLine(), "--stop must not be empty");
        }
    }
}
