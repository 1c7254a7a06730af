package dev.hadal.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** However a completion is cut into pieces, the events are the same; the strict parser agrees. */
class CompletionCutsTest {
    private static final String[] SHREDS = {
        "a",
        "b c",
        ".",
        "\n",
        "\n\n",
        "<",
        "</",
        "｜",
        "<｜",
        "｜DSML｜",
        "<｜DSML｜",
        "</｜DSML｜",
        "tool_calls",
        ">",
        "\">",
        " name=\"f\"",
        " string=\"true\"",
        " string=\"false\"",
        "<think>",
        "</think>",
        "\uD83D\uDE00",
        "1",
        "{\"k\": 1}",
        "<｜DSML｜tool_calls>",
        "\n<｜DSML｜tool_calls>\n",
        "<｜DSML｜invoke name=\"f\">",
        "<｜DSML｜invoke name=\"g\">\n",
        "<｜DSML｜parameter name=\"a\" string=\"true\">",
        "<｜DSML｜parameter name=\"b\" string=\"false\">",
        "<｜DSML｜parameter name=\"c\">",
        "</｜DSML｜parameter>",
        "</｜DSML｜parameter>\n",
        "</｜DSML｜invoke>",
        "</｜DSML｜tool_calls>",
        "<｜end▁of▁sentence｜>"
    };
    private static final String[] TEXTS = {
        "", "Hello", "two\nlines", "\n\n", "x\n\n\ny", "1 < 2", "</", "<｜", "é\uD83D\uDE00", "<b>\n\n<i>", " \t"
    };
    private static final String[] JSONS = {"1.50", "true", "null", "[1,2]", "{\"k\": [1, \"<\"]}", "\"s\"", " 7 "};

    static Stream<String> vectors() {
        return Vectors.cases("parse.json")
                .map(vector -> vector.path("completion").stringValue());
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void cutsDoNotShowInTheVectors(String completion) {
        Random random = new Random(completion.hashCode());
        for (ThinkingMode mode : ThinkingMode.values()) {
            assertCutsDoNotShow(completion, mode, random);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void cutsDoNotShowInRandomShreds(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            StringBuilder completion = new StringBuilder();
            for (int length = random.nextInt(25); length > 0; length--) {
                completion.append(any(SHREDS, random));
            }
            ThinkingMode mode = random.nextBoolean() ? ThinkingMode.CHAT : ThinkingMode.THINKING;
            assertCutsDoNotShow(completion.toString(), mode, random);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 4})
    void readsBackWhatWasWrittenInTheFormat(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            ThinkingMode mode = random.nextBoolean() ? ThinkingMode.CHAT : ThinkingMode.THINKING;
            String reasoning = mode == ThinkingMode.THINKING ? any(TEXTS, random) : "";
            String content = any(TEXTS, random);
            List<ToolCall> calls = new ArrayList<>();
            String completion = reasoning + (mode == ThinkingMode.THINKING ? "</think>" : "") + content
                    + block(calls, random) + "<｜end▁of▁sentence｜>";
            Message.Assistant expected = new Message.Assistant(reasoning, content, calls);
            assertThat(StrictParser.parse(completion, mode, index -> "call_" + index))
                    .isEqualTo(expected);
            assertThat(collected(pieces(completion, random, 9), mode, FinishReason.STOP))
                    .isEqualTo(expected);
            assertCutOffShowsNoTag(completion, mode, expected);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6})
    void agreesWithTheStrictParserOnDamagedCompletions(long seed) {
        Random random = new Random(seed);
        int accepted = 0;
        for (int round = 0; round < 1_000; round++) {
            StringBuilder completion = new StringBuilder(any(TEXTS, random))
                    .append(block(new ArrayList<>(), random))
                    .append("<｜end▁of▁sentence｜>");
            int at = random.nextInt(completion.length());
            completion.replace(at, at + random.nextInt(2), random.nextBoolean() ? "" : any(SHREDS, random));
            Message.Assistant strict;
            try {
                strict = StrictParser.parse(completion.toString(), ThinkingMode.CHAT, index -> "call_" + index);
            } catch (CompletionFormatException _) {
                continue;
            }
            accepted++;
            // An argument that is no JSON although it says so is the one documented difference.
            boolean valid = strict.toolCalls().stream().allMatch(call -> JsonText.valid(call.arguments()));
            if (valid) {
                assertThat(collected(List.of(completion.toString()), ThinkingMode.CHAT, FinishReason.STOP))
                        .as(completion.toString())
                        .isEqualTo(strict);
            }
        }
        assertThat(accepted).isGreaterThan(150);
    }

    private static String block(List<ToolCall> calls, Random random) {
        int count = random.nextInt(3);
        StringBuilder block = new StringBuilder();
        for (int call = 0; call < count; call++) {
            List<String> members = new ArrayList<>();
            List<String> parameters = new ArrayList<>();
            for (int key = random.nextInt(4); key > 0; key--) {
                String name = "k\"" + key;
                boolean string = random.nextBoolean();
                String value = string ? any(TEXTS, random) : any(JSONS, random);
                members.add("\"k\\\"" + key + "\": " + (string ? PythonJson.quote(value) : value));
                parameters.add("<｜DSML｜parameter name=\"" + name + "\" string=\"" + string + "\">" + value
                        + "</｜DSML｜parameter>");
            }
            calls.add(new ToolCall("call_" + call, "tool-" + call, "{" + String.join(", ", members) + "}"));
            block.append("<｜DSML｜invoke name=\"tool-").append(call).append("\">\n");
            block.append(String.join("\n", parameters)).append("\n</｜DSML｜invoke>\n");
        }
        return count == 0 ? "" : "\n\n<｜DSML｜tool_calls>\n" + block + "</｜DSML｜tool_calls>";
    }

    private static void assertCutsDoNotShow(String completion, ThinkingMode mode, Random random) {
        List<ChatEvent> whole = events(List.of(completion), mode, FinishReason.LENGTH);
        List<String> characters =
                completion.chars().mapToObj(Character::toString).toList();
        assertThat(events(characters, mode, FinishReason.LENGTH)).as(completion).isEqualTo(whole);
        assertThat(events(pieces(completion, random, 6), mode, FinishReason.LENGTH))
                .as(completion)
                .isEqualTo(whole);
    }

    private static void assertCutOffShowsNoTag(String completion, ThinkingMode mode, Message.Assistant full) {
        for (int end = 0; end < completion.length(); end++) {
            Message.Assistant cut = collected(List.of(completion.substring(0, end)), mode, FinishReason.LENGTH);
            assertThat(full.reasoning() + "</think").startsWith(cut.reasoning());
            // One mark is one token: less than it can only be the model's own characters.
            assertThat(full.content() + (full.toolCalls().isEmpty() ? "<｜end▁of▁sentence｜" : "\n\n<｜DSML"))
                    .startsWith(cut.content());
            assertThat(cut.toolCalls())
                    .isEqualTo(full.toolCalls().subList(0, cut.toolCalls().size()));
        }
    }

    private static List<String> pieces(String text, Random random, int longest) {
        List<String> pieces = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int end = Math.min(text.length(), at + random.nextInt(longest));
            pieces.add(text.substring(at, end));
            at = end;
        }
        return pieces;
    }

    private static Message.Assistant collected(List<String> pieces, ThinkingMode mode, FinishReason reason) {
        AnswerCollector answer = new AnswerCollector();
        events(pieces, mode, reason).forEach(answer::accept);
        return answer.message();
    }

    /** All events, neighbouring pieces of one text joined. */
    private static List<ChatEvent> events(List<String> pieces, ThinkingMode mode, FinishReason reason) {
        CompletionParser parser = new CompletionParser(mode, List.of(), index -> "call_" + index);
        List<ChatEvent> events = new ArrayList<>();
        pieces.forEach(piece -> parser.accept(piece).forEach(event -> join(events, event)));
        parser.finish(reason).forEach(event -> join(events, event));
        return events;
    }

    private static void join(List<ChatEvent> events, ChatEvent event) {
        ChatEvent joined = events.isEmpty() ? event : joined(events.getLast(), event);
        if (!joined.equals(event)) {
            events.removeLast();
        }
        events.add(joined);
    }

    /** Two texts of a kind as one, or else the second event itself. */
    private static ChatEvent joined(ChatEvent before, ChatEvent event) {
        if (before instanceof ChatEvent.Content first && event instanceof ChatEvent.Content more) {
            return new ChatEvent.Content(first.text() + more.text());
        }
        if (before instanceof ChatEvent.Reasoning first && event instanceof ChatEvent.Reasoning more) {
            return new ChatEvent.Reasoning(first.text() + more.text());
        }
        if (before instanceof ChatEvent.ToolCallArguments first && event instanceof ChatEvent.ToolCallArguments more) {
            return new ChatEvent.ToolCallArguments(first.index(), first.json() + more.json());
        }
        return event;
    }

    private static String any(String[] choices, Random random) {
        return choices[random.nextInt(choices.length)];
    }
}
