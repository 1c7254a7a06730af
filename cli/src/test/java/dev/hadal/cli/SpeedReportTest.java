package dev.hadal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.ChatOptions;
import dev.hadal.ChatRun;
import dev.hadal.DeepSeek;
import dev.hadal.OpenOptions;
import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.Conversation;
import dev.hadal.nano.EmbeddedModel;
import dev.hadal.server.ops.Metrics;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class SpeedReportTest {
    private static final String RATE = "hadal_weight_read_bytes_per_second{model=\"nano\"} ";

    @Test
    void comparesWhatTokensReadWithWhatTheMachineReads() throws InterruptedException {
        Metrics metrics = new Metrics();
        try (DeepSeek model =
                DeepSeek.open(EmbeddedModel.files(), OpenOptions.defaults().withThreads(1))) {
            SpeedReport report = new SpeedReport(metrics, Map.of("nano", model));
            report.settle();
            assertThat(report.sentence()).isEmpty();
            assertThat(page(metrics)).contains(RATE + "0.0\n", "hadal_kernels_info{path=\"vector, ");
            answer(model);
            // These were for the compiler.
            assertThat(report.sentence()).isEmpty();
            answer(model);
            assertThat(report.sentence())
                    .matches(
                            "a token alone takes [0-9.]+ ms and reads 8\\.1 MB of weights: [0-9.]+ .B/s, [0-9.]+ % of the"
                                    + " [0-9.]+ .B/s at which 1 thread reads memory here");
            assertThat(number(page(metrics), RATE)).isGreaterThan(1e6);
            assertThat(number(page(metrics), "hadal_memory_read_bytes_per_second "))
                    .isGreaterThan(1e8);
        }
    }

    private static void answer(DeepSeek model) {
        ChatOptions options = ChatOptions.defaults().withMaxTokens(40);
        Conversation conversation = Conversation.ask("Count from one to twenty, and then back to one.");
        for (int answers = 0; answers < 4; answers++) {
            try (ChatRun answer = model.chat().start(conversation, options)) {
                for (ChatEvent event : answer) {
                    assertThat(event).isNotNull();
                }
            }
        }
    }

    private static String page(Metrics metrics) {
        return new String(metrics.page(), StandardCharsets.UTF_8);
    }

    private static double number(String page, String name) {
        return page.lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .sum();
    }
}
