package dev.hadal.server.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.chat.Conversation;
import dev.hadal.chat.EncodingOptions;
import dev.hadal.chat.Message;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.chat.V4PromptEncoder;
import dev.hadal.model.Batch;
import dev.hadal.model.Logits;
import dev.hadal.model.SequenceState;
import dev.hadal.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The contract of models, and time. */
class ScriptedModelTest {
    private static final Tokenizer TOKENIZER = Scripts.tokenizer();
    private static final int[] PROMPT = TOKENIZER.encode(new V4PromptEncoder()
            .encode(Conversation.ask("Hello, you there, who are you?"), EncodingOptions.of(ThinkingMode.CHAT)));

    private final AtomicLong now = new AtomicLong(1_000_000);

    private ScriptedModel model(String yaml) {
        return new ScriptedModel(
                ScriptReader.parse(yaml, "s.yaml"),
                "m",
                TOKENIZER,
                new V4PromptEncoder(),
                new ScriptClock(now::get, until -> now.accumulateAndGet(until, Math::max)));
    }

    /** Feeds ids and returns the most probable next one. */
    private static int next(ScriptedModel model, SequenceState state, int... ids) {
        Logits logits = new Logits(1, model.limits().vocabulary());
        model.forward(new Batch().add(state, ids, 0, ids.length, Batch.Wanted.LAST), logits);
        int best = 0;
        for (int id = 0; id < model.limits().vocabulary(); id++) {
            best = logits.values()[id] > logits.values()[best] ? id : best;
        }
        return best;
    }

    private static String answer(ScriptedModel model, SequenceState state, int first) {
        List<Integer> ids = new ArrayList<>();
        for (int id = first; id != TOKENIZER.controlId("<｜end▁of▁sentence｜>").orElseThrow(); ) {
            ids.add(id);
            id = next(model, state, id);
        }
        return TOKENIZER.decode(ids.stream().mapToInt(Integer::intValue).toArray());
    }

    @Test
    void nextIdsAreAFunctionOfTheIdsHoweverTheyWereCut() {
        ScriptedModel model = model("rules: [{text: The capital of France is Paris. The capital of Spain is Madrid.}]");
        SequenceState whole = model.newState();
        int first = next(model, whole, PROMPT);
        assertThat(answer(model, whole, first))
                .isEqualTo("The capital of France is Paris. The capital of Spain is Madrid.");
        int[] all = ((ScriptedState) whole).ids();
        Random random = new Random(1);
        for (int cut = 1; cut < all.length; cut++) {
            SequenceState state = model.newState();
            int at = 0;
            int given = -1;
            while (at < cut) {
                int to = Math.min(cut, at + 1 + random.nextInt(5));
                given = next(model, state, java.util.Arrays.copyOfRange(all, at, to));
                at = to;
            }
            if (cut >= PROMPT.length) {
                assertThat(given).isEqualTo(all[cut]);
            }
            state.close();
        }
        whole.close();
        assertThat(model.stateMemory().usedBytes()).isZero();
    }

    @Test
    void forksGoTheirOwnWayAndEveryByteIsCounted() {
        ScriptedModel model = model("rules: [{text: The capital of France}]");
        SequenceState state = model.newState();
        int first = next(model, state, PROMPT);
        List<SequenceState> forks = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            forks.add(state.fork());
        }
        assertThat(model.stateMemory().usedBytes()).isEqualTo(model.stateBytes(PROMPT.length));
        long before = state.checksum();
        for (SequenceState fork : forks) {
            assertThat(fork.checksum()).isEqualTo(before);
            assertThat(answer(model, fork, first)).isEqualTo("The capital of France");
            assertThat(fork.bytes()).isEqualTo(model.stateBytes(fork.length()));
            assertThat(fork.checksum()).isNotEqualTo(before);
        }
        assertThat(state.checksum()).isEqualTo(before);
        state.close();
        forks.forEach(SequenceState::close);
        assertThat(model.stateMemory().usedBytes()).isZero();
    }

    @Test
    void longSequencesSharePagesExactly() {
        ScriptedModel model = model("rules: [{text: a}]");
        Random random = new Random(2);
        for (int length = 100; length < 700; length += 37) {
            int[] ids = random.ints(length, 0, 3000).toArray();
            SequenceState one = model.newState();
            next(model, one, ids);
            SequenceState two = one.fork();
            next(model, one, 1, 2, 3);
            next(model, two, 4, 5);
            assertThat(((ScriptedState) one).ids())
                    .startsWith(ids)
                    .endsWith(1, 2, 3)
                    .hasSize(length + 3);
            assertThat(((ScriptedState) two).ids())
                    .startsWith(ids)
                    .endsWith(4, 5)
                    .hasSize(length + 2);
            one.close();
            two.close();
            assertThat(model.stateMemory().usedBytes()).isZero();
        }
    }

    @Test
    void tokensComeWhenTheyAreDue() {
        ScriptedModel model = model("rules: [{text: The capital of France, delay: 20ms, first_delay: 100ms}]");
        SequenceState state = model.newState();
        assertThat(wait(model, state, PROMPT)).isEqualTo(100);
        now.addAndGet(40_000_000);
        assertThat(wait(model, state, PROMPT)).isEqualTo(60);
        now.addAndGet(60_000_000);
        assertThat(wait(model, state, PROMPT)).isZero();
        int first = next(model, state, PROMPT);
        // Time that others take counts; it is not added.
        now.addAndGet(15_000_000);
        assertThat(wait(model, state, first)).isEqualTo(5);
        now.addAndGet(50_000_000);
        assertThat(wait(model, state, first)).isZero();
        int second = next(model, state, first);
        assertThat(wait(model, state, second)).isZero();
        next(model, state, second);
        state.close();
    }

    /** For how many milliseconds these ids have to wait. */
    private static long wait(ScriptedModel model, SequenceState state, int... next) {
        int[] before = ((ScriptedState) state).ids();
        int[] ids = IntStream.concat(IntStream.of(before), IntStream.of(next)).toArray();
        return model.waitNanos(state, ids, ids.length) / 1_000_000;
    }

    @Test
    void whoAsksForTheSameAgainWaitsAgain() {
        ScriptedModel model = model("rules: [{text: The capital of France, delay: 20ms, first_delay: 100ms}]");
        SequenceState head = model.newState();
        next(model, head, java.util.Arrays.copyOf(PROMPT, PROMPT.length - 1));
        int last = PROMPT[PROMPT.length - 1];
        assertThat(wait(model, head, last)).isEqualTo(100);
        SequenceState again = head.fork();
        now.addAndGet(500_000_000);
        assertThat(wait(model, head, last)).isZero();
        assertThat(wait(model, again, last)).isEqualTo(100);
        head.close();
        again.close();
    }

    @Test
    void onlyAStallHoldsUpEverything() {
        ScriptedModel model = model("rules: [{text: The capital, fault: {kind: stall, after: 1, length: 2s}}]");
        SequenceState state = model.newState();
        long start = now.get();
        int first = next(model, state, PROMPT);
        assertThat(now.get()).isEqualTo(start);
        next(model, state, first);
        assertThat(now.get() - start).isEqualTo(2_000_000_000);
        state.close();
    }

    @Test
    void closedAndSpoiledStatesAreRefused() {
        ScriptedModel model = model("rules: [{text: a, fault: {kind: exception}}]");
        SequenceState state = model.newState();
        assertThatThrownBy(() -> next(model, state, PROMPT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the script asks for an exception after 0 tokens");
        assertThatThrownBy(() -> next(model, state, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a computation with this sequence state has failed");
        state.close();
        state.close();
        assertThatThrownBy(state::fork).hasMessage("the sequence state is closed");
        assertThat(model.stateMemory().usedBytes()).isZero();
    }

    @Test
    void anUnknownTokenChangesNothing() {
        ScriptedModel model = model("rules: [{text: a}]");
        SequenceState state = model.newState();
        assertThatThrownBy(() -> next(model, state, 1, 99_999))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("token 99999 is not in the vocabulary of "
                        + model.limits().vocabulary() + " ids");
        assertThat(state.length()).isZero();
        state.close();
    }

    @Test
    void anExpressionThatExplodesElsewhereTakesLinearTime() {
        ScriptedModel model = model("rules: [{when: {matches: '(a+)+$'}, text: no}, {text: yes}]");
        int[] prompt = TOKENIZER.encode(new V4PromptEncoder()
                .encode(
                        Conversation.of(Message.user("a".repeat(20_000) + "!")),
                        EncodingOptions.of(ThinkingMode.CHAT)));
        SequenceState state = model.newState();
        int[] head = java.util.Arrays.copyOf(prompt, prompt.length - 1);
        for (int at = 0; at < head.length; at += 4000) {
            int to = Math.min(head.length, at + 4000);
            Logits none = new Logits(1, model.limits().vocabulary());
            model.forward(new Batch().add(state, head, at, to, Batch.Wanted.NONE), none);
        }
        assertThat(answer(model, state, next(model, state, prompt[prompt.length - 1])))
                .isEqualTo("yes");
        state.close();
    }
}
