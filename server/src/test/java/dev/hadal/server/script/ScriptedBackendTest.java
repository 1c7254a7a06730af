package dev.hadal.server.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.CallContext;
import dev.hadal.ChatBackend;
import dev.hadal.ChatCall;
import dev.hadal.ChatOptions;
import dev.hadal.ChatRun;
import dev.hadal.CompletionCall;
import dev.hadal.GenerationFailedException;
import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.Conversation;
import dev.hadal.chat.FinishReason;
import dev.hadal.chat.Message;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.chat.ToolCall;
import dev.hadal.chat.ToolSpec;
import dev.hadal.chat.Usage;
import dev.hadal.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rules, through the encoder, the engine and the parser. */
@Timeout(60)
class ScriptedBackendTest {
    private static final Tokenizer TOKENIZER = Scripts.tokenizer();
    private static final ChatOptions THINKING = ChatOptions.defaults();
    private static final ChatOptions CHAT = THINKING.withMode(ThinkingMode.CHAT);
    private static final ToolSpec WEATHER = ToolSpec.function("{\"name\": \"get_weather\"}");
    private static final ToolSpec TIME = ToolSpec.function("{\"name\": \"get_time\"}");
    private static final Conversation HELLO = Conversation.ask("Hello, I am Ada.");

    private static Message.Assistant answer(String yaml, Conversation conversation, ChatOptions options) {
        try (ChatBackend backend = Scripts.open(TOKENIZER, yaml)) {
            return Scripts.message(Scripts.events(backend, conversation, options));
        }
    }

    @Test
    void theFirstRuleThatAppliesAnswers() {
        String yaml = """
                rules:
                  - when: {contains: Bye}
                    text: Goodbye.
                  - when: {matches: "I am (?P<name>\\\\w+)"}
                    text: "Hello, ${name}; ${1} it is. $5 {x} ${y}"
                  - text: What?
                """;
        assertThat(answer(yaml, HELLO, CHAT).content()).isEqualTo("Hello, Ada; Ada it is. $5 {x} ${y}");
        assertThat(answer(yaml, Conversation.ask("Bye, I am Ada."), CHAT).content())
                .isEqualTo("Goodbye.");
        assertThat(answer(yaml, Conversation.ask("1 + 1?"), CHAT).content()).isEqualTo("What?");
    }

    @Test
    void aTurnOrAModelOrAToolMayBeACondition() {
        String yaml = """
                rules:
                  - {when: {model: deepseek-v4-pro}, text: never}
                  - {when: {turn: 2}, text: second}
                  - {when: {offers: get_time}, text: clock}
                  - {text: first}
                """;
        Conversation second = HELLO.plus(Message.assistant("first")).plus(Message.user("And now?"));
        assertThat(answer(yaml, HELLO, CHAT).content()).isEqualTo("first");
        assertThat(answer(yaml, second, CHAT).content()).isEqualTo("second");
        assertThat(answer(yaml, HELLO.withTools(List.of(WEATHER, TIME)), CHAT).content())
                .isEqualTo("clock");
    }

    @Test
    void reasoningIsSaidOnlyWhereThePromptAsksForIt() {
        String yaml = "rules: [{reasoning: Let me see., text: Yes.}]";
        assertThat(answer(yaml, HELLO, THINKING)).isEqualTo(new Message.Assistant("Let me see.", "Yes.", List.of()));
        assertThat(answer(yaml, HELLO, CHAT)).isEqualTo(new Message.Assistant("", "Yes.", List.of()));
    }

    @Test
    void theFirstToolOnOfferIsCalledAndItsResultAnswered() {
        String yaml = """
                rules:
                  - when: {from: tool, matches: "(\\\\d+) degrees"}
                    text: "It is ${1}."
                  - when: {from: user, matches: "weather in (\\\\w+)"}
                    reasoning: I need a tool.
                    calls:
                      - any:
                          - {tool: lookup, arguments: {q: x}}
                          - {tool: get_weather, arguments: {city: "${1}", days: [1, {unit: C}]}}
                      - {tool: get_time}
                """;
        Conversation asked = Conversation.ask("What is the weather in Paris?").withTools(List.of(WEATHER, TIME));
        try (ChatBackend backend = Scripts.open(TOKENIZER, yaml)) {
            List<ChatEvent> events = Scripts.events(backend, asked, THINKING);
            Message.Assistant calling = Scripts.message(events);
            assertThat(calling.reasoning()).isEqualTo("I need a tool.");
            assertThat(calling.toolCalls())
                    .containsExactly(
                            new ToolCall(
                                    "call_0", "get_weather", "{\"city\": \"Paris\", \"days\": [1, {\"unit\": \"C\"}]}"),
                            new ToolCall("call_1", "get_time", "{}"));
            assertThat(Scripts.end(events).reason()).isEqualTo(FinishReason.TOOL_CALLS);
            Conversation answered = asked.plus(calling)
                    .plus(Message.toolResult("call_0", "18 degrees"))
                    .plus(Message.toolResult("call_1", "noon"));
            assertThat(Scripts.message(Scripts.events(backend, answered, THINKING))
                            .content())
                    .isEqualTo("It is 18.");
        }
    }

    @Test
    void aToolThatIsNotOnOfferIsNamedInTheAnswer() {
        assertThat(answer("rules: [{calls: [{tool: lookup}]}]", HELLO, CHAT).content())
                .isEqualTo("[The script wants to call lookup, but the request offers no such tool.]");
    }

    @Test
    void rawTextIsWhatTheModelSamples() {
        String yaml = """
                rules:
                  - raw: |-
                      Hm</think>Now.

                      <｜DSML｜tool_calls>
                      <｜DSML｜invoke name="f">
                      <｜DSML｜parameter name="a" string="true">x</｜DSML｜parameter>
                      </｜DSML｜invoke>
                      </｜DSML｜tool_calls>
                """;
        assertThat(answer(yaml, HELLO, THINKING))
                .isEqualTo(new Message.Assistant("Hm", "Now.", List.of(new ToolCall("call_0", "f", "{\"a\": \"x\"}"))));
    }

    @Test
    void anAnswerCanBeCutOffAsByTheLimit() {
        try (ChatBackend backend = Scripts.open(TOKENIZER, "rules: [{text: The capital of, finish: length}]")) {
            List<ChatEvent> events = Scripts.events(backend, HELLO, CHAT);
            assertThat(Scripts.message(events).content()).isEqualTo("The capital of");
            assertThat(Scripts.end(events).reason()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void limitsOfTheRequestHold() {
        try (ChatBackend backend =
                Scripts.open(TOKENIZER, "rules: [{reasoning: one two three four, text: The capital of France}]")) {
            List<ChatEvent> limited = Scripts.events(backend, HELLO, CHAT.withMaxTokens(2));
            assertThat(Scripts.end(limited).reason()).isEqualTo(FinishReason.LENGTH);
            assertThat(Scripts.end(limited).usage().completionTokens()).isEqualTo(2);
            List<ChatEvent> hurried = Scripts.events(backend, HELLO, THINKING.withThinkingBudget(2));
            assertThat(Scripts.end(hurried).usage().reasoningTokens()).isEqualTo(2);
            assertThat(Scripts.message(hurried).content()).isEqualTo("The capital of France");
            List<ChatEvent> longer = Scripts.events(backend, HELLO, CHAT.withMinTokens(7));
            assertThat(Scripts.end(longer).usage().completionTokens()).isGreaterThanOrEqualTo(7);
            assertThat(Scripts.message(longer).content()).startsWith("The capital of France");
        }
    }

    @Test
    void aPrefixIsContinuedAndAHoleIsFilled() {
        try (ChatBackend backend = Scripts.open(
                TOKENIZER, "rules: [{when: {contains: def add}, text: return a + b}, {text: of France}]")) {
            Conversation open = HELLO.plus(Message.assistant("The capital ").opened());
            assertThat(Scripts.message(Scripts.events(backend, open, CHAT)).content())
                    .isEqualTo("of France");
            for (String suffix : new String[] {null, "\n# end"}) {
                CompletionCall call = new CompletionCall("def add(a, b):", suffix, CHAT, CallContext.local());
                List<ChatEvent> events = new ArrayList<>();
                backend.complete(call).getFirst().forEach(events::add);
                assertThat(Scripts.message(events).content()).isEqualTo("return a + b");
                assertThat(Scripts.end(events).reason()).isEqualTo(FinishReason.STOP);
            }
        }
    }

    @Test
    void faultsEndTheirOwnAnswerOnly() {
        String yaml = """
                rules:
                  - {when: {contains: throw}, text: The capital of France, fault: {kind: exception, after: 2}}
                  - {when: {contains: nan}, text: The capital of France, fault: {kind: nan, after: 1}}
                  - {when: {contains: stall}, text: The capital, fault: {kind: stall, after: 1, length: 20ms}}
                  - {text: The capital of France is Paris., delay: 2ms}
                """;
        try (ChatBackend backend = Scripts.open(TOKENIZER, yaml);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<ChatEvent> alone = Scripts.events(backend, HELLO, CHAT);
            List<CompletableFuture<List<ChatEvent>>> beside = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                beside.add(CompletableFuture.supplyAsync(() -> Scripts.events(backend, HELLO, CHAT), threads));
            }
            assertThatThrownBy(() -> Scripts.events(backend, Conversation.ask("throw"), CHAT))
                    .isInstanceOfSatisfying(
                            GenerationFailedException.class,
                            e -> assertThat(e.kind()).isEqualTo(GenerationFailedException.Kind.MODEL));
            assertThatThrownBy(() -> Scripts.events(backend, Conversation.ask("nan"), CHAT))
                    .isInstanceOfSatisfying(
                            GenerationFailedException.class,
                            e -> assertThat(e.kind()).isEqualTo(GenerationFailedException.Kind.NOT_FINITE));
            assertThat(Scripts.message(Scripts.events(backend, Conversation.ask("stall"), CHAT))
                            .content())
                    .isEqualTo("The capital");
            for (CompletableFuture<List<ChatEvent>> answer : beside) {
                assertThat(Scripts.message(answer.join())).isEqualTo(Scripts.message(alone));
            }
        }
    }

    @Test
    void eachAnswerHasAPaceOfItsOwn() {
        String yaml = """
                rules:
                  - {when: {contains: slow}, text: The capital of France is Paris., delay: 300ms}
                  - {when: {contains: late}, text: The capital of France is Paris., first_delay: 600ms}
                  - {text: The capital of France is Paris. The capital of Spain is Madrid., delay: 1ms}
                """;
        try (ChatBackend backend = Scripts.open(TOKENIZER, yaml)) {
            ChatRun slow =
                    backend.start(ChatCall.of(Conversation.ask("slow"), CHAT)).getFirst();
            ChatRun late =
                    backend.start(ChatCall.of(Conversation.ask("late"), CHAT)).getFirst();
            Iterator<ChatEvent> slowly = slow.iterator();
            slowly.next();
            for (int i = 0; i < 5; i++) {
                assertThat(Scripts.end(Scripts.events(backend, HELLO, CHAT)).reason())
                        .isEqualTo(FinishReason.STOP);
            }
            // Five quick answers have more than fifty tokens; at the pace of the others they would be minutes away.
            assertThat(slow.usage().completionTokens()).isLessThan(8);
            List<ChatEvent> rest = new ArrayList<>();
            slowly.forEachRemaining(rest::add);
            late.forEach(rest::add);
            assertThat(slow.timings().total()).isGreaterThan(Duration.ofSeconds(1));
            assertThat(late.timings().firstToken()).isGreaterThanOrEqualTo(Duration.ofMillis(600));
            assertThat(late.timings().total()).isLessThan(slow.timings().total());
        }
    }

    @Test
    void dozensTogetherGiveWhatEachGivesAlone() {
        String yaml = """
                rules:
                  - {when: {matches: "number (\\\\d+)"}, reasoning: "I am asked for ${1}.", text: "It is ${1} and ${1}."}
                """;
        try (ChatBackend backend = Scripts.open(TOKENIZER, yaml);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<ChatRun> runs = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                CallContext own = CallContext.local().withTenant("t" + i % 3, "n" + i);
                runs.addAll(backend.start(new ChatCall(Conversation.ask("Say number " + i), THINKING, own)));
            }
            List<CompletableFuture<List<ChatEvent>>> together = runs.stream()
                    .map(run -> CompletableFuture.supplyAsync(
                            () -> {
                                List<ChatEvent> events = new ArrayList<>();
                                run.forEach(events::add);
                                return events;
                            },
                            threads))
                    .toList();
            for (int i = 0; i < 100; i++) {
                CallContext own = CallContext.local().withTenant("t", "alone" + i);
                List<ChatEvent> alone = new ArrayList<>();
                backend.start(new ChatCall(Conversation.ask("Say number " + i), THINKING, own))
                        .getFirst()
                        .forEach(alone::add);
                assertThat(together.get(i).join()).isEqualTo(alone);
            }
        }
    }

    @Test
    void aSecondTurnComputesOnlyWhatIsNew() {
        String text = "The capital of France is Paris. ".repeat(40).strip();
        try (ChatBackend backend = Scripts.open(TOKENIZER, "rules: [{text: " + text + "}]")) {
            Conversation conversation = HELLO;
            int before = 0;
            for (int turn = 0; turn < 4; turn++) {
                ChatRun run = backend.start(ChatCall.of(conversation, CHAT)).getFirst();
                List<ChatEvent> events = new ArrayList<>();
                run.forEach(events::add);
                Usage usage = Scripts.end(events).usage();
                assertThat(usage.reusedTokens()).isEqualTo(before);
                assertThat(run.engineUsage().prefix().matchedTokens()).isGreaterThanOrEqualTo(before);
                before = usage.promptTokens() + usage.completionTokens();
                conversation = conversation.plus(Scripts.message(events)).plus(Message.user("And then?"));
            }
        }
    }

    @Test
    void reasoningThatAClientDropsIsRestoredByTheCall() {
        String yaml = "rules: [{when: {from: tool}, text: a}, {reasoning: I need it., calls: [{tool: get_time}]}]";
        Conversation asked = HELLO.withTools(List.of(TIME));
        CallContext context = CallContext.local().withToolCallIds(index -> "call_0" + index + "_Xy7");
        try (ChatBackend backend = Scripts.open(TOKENIZER, yaml)) {
            List<ChatEvent> events = new ArrayList<>();
            backend.start(new ChatCall(asked, THINKING, context)).getFirst().forEach(events::add);
            Message.Assistant calling = Scripts.message(events);
            Message.Assistant dropped = new Message.Assistant(
                    "", calling.content(), List.of(new ToolCall("call-00-Xy7", "get_time", "{}")));
            Conversation whole = asked.plus(calling).plus(Message.toolResult("call_00_Xy7", "noon"));
            Conversation partly = asked.plus(dropped).plus(Message.toolResult("call-00-Xy7", "noon"));
            ChatOptions restoring = THINKING.withRestoredReasoning(true);
            int[] expected = prompt(backend, whole, THINKING);
            assertThat(prompt(backend, partly, restoring)).isEqualTo(expected);
            assertThat(prompt(backend, partly, THINKING)).isNotEqualTo(expected);
        }
    }

    private static int[] prompt(ChatBackend backend, Conversation conversation, ChatOptions options) {
        try (ChatRun run = backend.start(ChatCall.of(conversation, options)).getFirst()) {
            return run.promptIds();
        }
    }
}
