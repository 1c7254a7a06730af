package dev.hadal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.chat.Conversation;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.checkpoint.CheckpointException;
import dev.hadal.checkpoint.MemoryFiles;
import dev.hadal.kernel.KernelChoice;
import dev.hadal.model.NumericsMode;
import dev.hadal.sample.SamplingParams;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeepSeekTest {
    private static final OpenOptions PLAIN = OpenOptions.defaults()
            .withKernels(KernelChoice.SCALAR)
            .withThreads(1)
            .withBatchRows(16);
    private static final Conversation FRANCE = Conversation.ask("What is the capital of France?");
    private static final ChatOptions CHAT = ChatOptions.defaults().withMode(ThinkingMode.CHAT);

    @Test
    void refusesAPromptThatDoesNotFitBeforeComputing() {
        try (DeepSeek model = DeepSeek.open(context(11), PLAIN)) {
            assertThatThrownBy(() -> model.chat().start(FRANCE, CHAT))
                    .isInstanceOf(ContextOverflowException.class)
                    .hasMessage("the prompt is 11 tokens long, the model's context is 11"
                            + " and must leave room for an answer; shorten the conversation");
        }
    }

    @Test
    void anAnswerEndsWithTheContext() {
        try (DeepSeek model = DeepSeek.open(context(14), PLAIN)) {
            ChatRun run = model.chat().start(FRANCE, CHAT);
            assertThat(String.join("", run.raw())).isEqualTo("The capital of");
        }
    }

    private static MemoryFiles context(int tokens) {
        return NanoFiles.withoutTokenizer()
                .with("config.json", NanoFiles.text("config.json").replace("1048576", Integer.toString(tokens)))
                .with("tokenizer.json", NanoFiles.text("tokenizer.json"));
    }

    @Test
    void doesWithoutATokenizerUntilThereIsText() {
        try (DeepSeek model = DeepSeek.open(NanoFiles.withoutTokenizer(), PLAIN)) {
            assertThat(model.model().limits().vocabulary()).isEqualTo(3712);
            assertThatThrownBy(() -> model.chat().start(FRANCE, CHAT))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessage("memory: has no tokenizer.json. Text needs it; token ids can do without");
        }
    }

    @Test
    void refusesTheTokenizerOfALargerModel() {
        StringBuilder more = new StringBuilder();
        for (int id = 3705; id <= 3712; id++) {
            more.append("{\"id\":").append(id).append(",\"content\":\"<|").append(id);
            more.append("|>\",\"single_word\":false,\"lstrip\":false,\"rstrip\":false,");
            more.append("\"normalized\":false,\"special\":true},");
        }
        String tokenizer = NanoFiles.text("tokenizer.json")
                .replaceFirst("(\"added_tokens\":\\s*\\[)", "$1" + java.util.regex.Matcher.quoteReplacement(more + ""));
        MemoryFiles files = NanoFiles.withoutTokenizer().with("tokenizer.json", tokenizer);
        try (DeepSeek model = DeepSeek.open(files, PLAIN)) {
            assertThatThrownBy(model::tokenizer)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessage("memory: tokenizer.json: has 3713 ids, but the model has 3712."
                            + " Take the tokenizer of the same model");
        }
    }

    @Test
    void closesTheFilesWhenItCannotOpenThem() {
        MemoryFiles files = NanoFiles.withoutTokenizer().with("generation_config.json", "[]");
        assertThatThrownBy(() -> DeepSeek.open(files, PLAIN))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("memory: generation_config.json: is not a JSON object. Use the published file");
        assertThat(files.isClosed()).isTrue();
    }

    @Test
    void notesKeysThatItDoesNotUse() {
        List<String> notices = new ArrayList<>();
        MemoryFiles files = NanoFiles.withoutTokenizer()
                .with("config.json", NanoFiles.text("config.json").replaceFirst("\\{", "{\"vision\": {},"));
        try (DeepSeek model = DeepSeek.open(files, PLAIN.withNotices(notices::add))) {
            assertThat(notices).containsExactly("config.json has keys that are not used: vision");
            assertThat(model.info().notes()).isEqualTo(notices);
        }
        assertThat(files.isClosed()).isTrue();
    }

    @Test
    void tellsModelsAndRoundingsApart() {
        MemoryFiles other = NanoFiles.withoutTokenizer()
                .with(
                        "config.json",
                        NanoFiles.text("config.json")
                                .replace("\"routed_scaling_factor\": 1.5", "\"routed_scaling_factor\": 2.5"));
        try (DeepSeek nano = DeepSeek.open(NanoFiles.withoutTokenizer(), PLAIN);
                DeepSeek same = DeepSeek.open(NanoFiles.DIRECTORY, PLAIN.withBatchRows(4));
                DeepSeek exact = DeepSeek.open(NanoFiles.DIRECTORY, PLAIN.withNumerics(NumericsMode.FP32));
                DeepSeek scaled = DeepSeek.open(other, PLAIN)) {
            String digest = nano.model().fingerprint();
            assertThat(same.model().fingerprint()).isEqualTo(digest).matches("[0-9a-f]{32}-W4A8");
            assertThat(exact.model().fingerprint()).isEqualTo(digest.replace("W4A8", "FP32"));
            assertThat(scaled.model().fingerprint()).isNotEqualTo(digest);
        }
    }

    @Test
    void theEmbeddedModelIsGreedy() {
        try (DeepSeek nano = DeepSeek.open(NanoFiles.DIRECTORY, PLAIN)) {
            assertThat(nano.defaults().sampling()).isEqualTo(SamplingParams.greedy());
        }
    }
}
