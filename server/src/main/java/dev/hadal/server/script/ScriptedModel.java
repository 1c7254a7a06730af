package dev.hadal.server.script;

import dev.hadal.chat.PromptEncoder;
import dev.hadal.model.Batch;
import dev.hadal.model.LanguageModel;
import dev.hadal.model.Logits;
import dev.hadal.model.ModelLimits;
import dev.hadal.model.SequenceState;
import dev.hadal.model.StateMemory;
import dev.hadal.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A model that says what a script asks for. It sees what every model sees, ids, and gives the next id of the answer all
 * the probability; a function of the ids alone, as weights are.
 *
 * <p>Its vocabulary is that of the tokenizer and one id more: {@link #cutOff}, which ends answers that are to look as if
 * the limit of tokens had been reached.
 */
final class ScriptedModel implements LanguageModel {
    /** Far beyond what any penalty or bias adds up to, and finite as logits must be. */
    private static final float NEVER = -1e9f;
    /** What is chosen where the first choice is forbidden. */
    private static final float HARDLY_EVER = -1e8f;

    private static final int BATCH_ROWS = 4096;
    private static final long TICK_NANOS = 1_000_000;

    private final List<ScriptRule> rules;
    private final Tokenizer tokenizer;
    private final PromptEncoder encoder;
    private final ScriptedPrompt prompts;
    private final ScriptClock clock;
    private final StateMemory memory = new StateMemory();
    private final ModelLimits limits;
    private final String fingerprint;

    /**
     * A model.
     *
     * @param script what it says
     * @param servedName what it is called by those who ask; rules may depend on it
     */
    ScriptedModel(Script script, String servedName, Tokenizer tokenizer, PromptEncoder encoder, ScriptClock clock) {
        this.rules = script.rules().stream()
                .filter(rule -> rule.when().isFor(servedName))
                .toList();
        this.tokenizer = tokenizer;
        this.encoder = encoder;
        this.prompts = new ScriptedPrompt(tokenizer);
        this.clock = clock;
        this.limits = new ModelLimits(tokenizer.vocabularySize() + 1, script.contextTokens(), BATCH_ROWS);
        this.fingerprint = "script " + servedName + " " + rules;
    }

    /** The id that ends an answer as if the limit of tokens had been reached. */
    int cutOff() {
        return tokenizer.vocabularySize();
    }

    @Override
    public SequenceState newState() {
        return new ScriptedState(memory);
    }

    @Override
    public void forward(Batch batch, Logits logits) {
        check(batch, logits);
        logits.rows(batch.wantedRows());
        long stall = 0;
        int row = 0;
        try {
            for (Batch.Span span : batch.spans()) {
                ScriptedState state = (ScriptedState) span.state();
                for (int at = span.firstRow(); at < span.firstRow() + span.rows(); at++) {
                    state.add(batch.token(at));
                    if (batch.wantsLogits(at)) {
                        stall = Math.max(stall, answer(state, logits, row++));
                    }
                }
            }
        } catch (RuntimeException | Error e) {
            batch.spans().forEach(span -> ((ScriptedState) span.state()).spoil());
            throw e;
        }
        if (stall > 0) {
            clock.pause().until(clock.nanos().getAsLong() + stall);
        }
    }

    /** Until the next id is due: each sequence has a rhythm of its own. */
    @Override
    public long waitNanos(SequenceState sequence, int[] ids, int known) {
        ScriptedState state = (ScriptedState) sequence;
        ScriptedState.Due due = state.due();
        long now = clock.nanos().getAsLong();
        if (due == null || due.position() != known) {
            due = new ScriptedState.Due(known, due(state, Arrays.copyOf(ids, known), now));
            state.due(due);
        }
        // Ids that are due nearly at the same time come in one step.
        return due.nanos() > now ? Math.ceilDiv(due.nanos(), TICK_NANOS) * TICK_NANOS - now : 0;
    }

    private long due(ScriptedState state, int[] ids, long now) {
        ScriptedState.Due last = state.due();
        ScriptedAnswer answer = state.answer();
        int done = state.done() + 1;
        if (answer == null
                || ids.length != state.length() + 1
                || answer.ids()[done - 1] != ids[ids.length - 1]
                || done == answer.ids().length) {
            ScriptedPrompt.Reading reading = prompts.read(ids);
            answer = find(reading.question());
            done = answer.progress(ids, reading.start(), prompts.endOfThinking());
        }
        return answer.dueNanos(done, now, last == null ? now : last.nanos());
    }

    private void check(Batch batch, Logits logits) {
        if (batch.rows() > limits.batchRows() || batch.wantedRows() > logits.capacity()) {
            throw new IllegalArgumentException("the batch has " + batch.rows() + " rows, " + batch.wantedRows()
                    + " of them with logits; at most " + limits.batchRows() + " and " + logits.capacity() + " fit");
        }
        for (Batch.Span span : batch.spans()) {
            ScriptedState state = (ScriptedState) span.state();
            state.requireUsable();
            if (state.length() + span.rows() > limits.context()) {
                throw new IllegalArgumentException("a sequence of " + (state.length() + span.rows())
                        + " tokens exceeds the context of " + limits.context());
            }
        }
        for (int row = 0; row < batch.rows(); row++) {
            if (batch.token(row) < 0 || batch.token(row) >= limits.vocabulary()) {
                throw new IllegalArgumentException(
                        "token " + batch.token(row) + " is not in the vocabulary of " + limits.vocabulary() + " ids");
            }
        }
    }

    /** Leaves the logits of a sequence's next id, and returns how long everything stands still then. */
    private long answer(ScriptedState state, Logits logits, int row) {
        ScriptedAnswer known = state.answer();
        if (known == null) {
            known = find(state);
        }
        int done = state.done();
        if (known.fails(ScriptFault.Kind.EXCEPTION, done)) {
            throw new IllegalStateException("the script asks for an exception after " + done + " tokens");
        }
        write(known.ids(), done, logits, row);
        if (known.fails(ScriptFault.Kind.NAN, done)) {
            int from = logits.at(row);
            Arrays.fill(logits.values(), from, from + limits.vocabulary(), Float.NaN);
        }
        return known.stallNanos(done);
    }

    private void write(int[] ids, int done, Logits logits, int row) {
        float[] values = logits.values();
        int from = logits.at(row);
        Arrays.fill(values, from, from + limits.vocabulary(), NEVER);
        if (done + 1 == ids.length) {
            values[from + ids[0]] = HARDLY_EVER;
        }
        values[from + ids[done]] = 0;
    }

    /** Finds out from the ids what is asked, what the answer is, and how much of it has been given. */
    private ScriptedAnswer find(ScriptedState state) {
        int[] sequence = state.ids();
        ScriptedPrompt.Reading reading = prompts.read(sequence);
        ScriptedAnswer answer = find(reading.question());
        state.answering(answer, answer.progress(sequence, reading.start(), prompts.endOfThinking()));
        return answer;
    }

    private ScriptedAnswer find(ScriptQuestion question) {
        for (ScriptRule rule : rules) {
            Optional<ScriptGroups> groups = rule.when().holds(question);
            if (groups.isPresent()) {
                int[] ids = rule.answer().ids(question, groups.get(), tokenizer, encoder);
                int end = rule.answer().cutOff() ? cutOff() : prompts.endOfSentence();
                return new ScriptedAnswer(ended(ids, end), rule.pace(), rule.fault());
            }
        }
        int[] ids =
                ScriptAnswer.of("No rule of the script applies.").ids(question, ScriptGroups.NONE, tokenizer, encoder);
        return new ScriptedAnswer(ended(ids, prompts.endOfSentence()), ScriptPace.UNPACED, null);
    }

    private static int[] ended(int[] ids, int end) {
        if (ids.length > 0 && ids[ids.length - 1] == end) {
            return ids;
        }
        int[] ended = Arrays.copyOf(ids, ids.length + 1);
        ended[ids.length] = end;
        return ended;
    }

    @Override
    public ModelLimits limits() {
        return limits;
    }

    @Override
    public StateMemory stateMemory() {
        return memory;
    }

    @Override
    public long stateBytes(long tokens) {
        return IdPages.bytes(tokens);
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public void close() {}
}
