package dev.hadal.chat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads a completion while it is generated (encoding.md 13.1) and makes the best of what models do
 * wrong (13.2). It never throws on what the model wrote, never emits a part of a tag, and emits the
 * same text however the completion is cut. Where {@link StrictParser} accepts, the message is the
 * same, except that an argument that claims to be JSON and is not becomes a string, and that a name
 * cannot hold a quote followed by blanks and {@code >}.
 *
 * <p>Decisions where 13.2 leaves room: up to two line breaks before a tool block belong to it; text
 * between calls ends the block and is content; text inside a call but outside its arguments is
 * dropped; a call whose arguments are complete is complete when the model stops without closing it;
 * a closing {@code </think>} in the content is swallowed unless a {@code <think>} came before it.
 *
 * <p>Not safe for use by several threads.
 */
public final class CompletionParser {
    private enum State {
        REASONING,
        CONTENT,
        /** Inside the tool block, between calls. */
        CALLS,
        /** Inside a call, between arguments. */
        INVOKE,
        /** Inside an argument. */
        VALUE,
        END
    }

    private static final String VALUE_END = Dsml.close(Dsml.PARAMETER);
    private static final int LINE_BREAKS_BEFORE_CALLS = Dsml.BEFORE_CALLS.length();

    private final List<ToolSpec> tools;
    private final IntFunction<String> callIds;
    private final EventRun events = new EventRun();
    private final StringBuilder pending = new StringBuilder();
    private State state;
    /** Everything in {@link #pending} before this is dealt with. */
    private int at;
    /** A first half of a surrogate pair that waits for its second. */
    private String halfPair = "";

    /** By tool, for the tools that were asked about. */
    private final Map<String, Set<String>> stringParameters = new HashMap<>();

    private @Nullable CallInProgress call;
    private int callsStarted;
    private int callsEnded;
    private int callsBeforeBlock;
    private boolean thinkInContent;

    /**
     * A parser at the start of a completion.
     *
     * @param mode {@link ThinkingMode#THINKING} if the completion starts with reasoning, see
     *     {@link Conversation#completionMode}
     * @param tools what the model could call; consulted when an argument does not say its type
     * @param callIds gives the id of the call with an index
     */
    public CompletionParser(ThinkingMode mode, List<ToolSpec> tools, IntFunction<String> callIds) {
        this.tools = List.copyOf(tools);
        this.callIds = callIds;
        state = mode == ThinkingMode.THINKING ? State.REASONING : State.CONTENT;
    }

    /** The message of a whole completion. */
    public static Message.Assistant parse(
            String completion, ThinkingMode mode, List<ToolSpec> tools, IntFunction<String> callIds) {
        CompletionParser parser = new CompletionParser(mode, tools, callIds);
        AnswerCollector answer = new AnswerCollector();
        parser.accept(completion).forEach(answer::accept);
        parser.finish(FinishReason.STOP).forEach(answer::accept);
        return answer.message();
    }

    /**
     * Reads on.
     *
     * @param text the next characters, control tokens as their contents
     * @return what is certain now
     */
    public List<ChatEvent> accept(String text) {
        String whole = halfPair + text;
        boolean half = !whole.isEmpty() && Character.isHighSurrogate(whole.charAt(whole.length() - 1));
        int end = whole.length() - (half ? 1 : 0);
        halfPair = whole.substring(end);
        pending.append(whole, 0, end);
        readPending();
        return events.take();
    }

    /**
     * No more text will come. What was held back goes out, but for an unfinished tag or call.
     *
     * @param reason {@link FinishReason#STOP} if the model ended by itself
     */
    public List<ChatEvent> finish(FinishReason reason) {
        pending.append(halfPair);
        halfPair = "";
        readPending();
        // Without the mark, which is one token, what looks like the start of a tag was written as text.
        if (pending.indexOf(ControlTokens.DSML) < 0) {
            emitText(pending.length());
        }
        if (state == State.INVOKE && reason == FinishReason.STOP) {
            endCall();
        }
        state = State.END;
        pending.setLength(0);
        at = 0;
        return events.take();
    }

    /** Whether nothing more can follow; generation may stop. */
    public boolean ended() {
        return state == State.END;
    }

    /** How many of the characters read so far are held back, as neither text nor a tag yet. */
    public int heldLength() {
        return pending.length() + halfPair.length();
    }

    /** How many tool calls are complete. */
    public int toolCalls() {
        return callsEnded;
    }

    private void readPending() {
        boolean progress = true;
        while (progress && at < pending.length()) {
            progress = switch (state) {
                case REASONING, CONTENT -> readText();
                case CALLS -> readBetweenCalls();
                case INVOKE -> readBetweenArguments();
                case VALUE -> readValue();
                case END -> skipTo(pending.length());
            };
        }
        pending.delete(0, at);
        at = 0;
    }

    /** Reads reasoning or content up to the next tag; false if it must wait for more. */
    private boolean readText() {
        int lineBreaks = at;
        while (lineBreaks < pending.length()
                && pending.charAt(lineBreaks) != '<'
                && pending.charAt(lineBreaks) != '\n') {
            lineBreaks++;
        }
        int next = lineBreaks;
        while (next < pending.length() && pending.charAt(next) == '\n') {
            next++;
        }
        int blockStart = Math.max(lineBreaks, next - LINE_BREAKS_BEFORE_CALLS);
        if (next == pending.length()) {
            emitText(blockStart);
            return false;
        }
        if (pending.charAt(next) != '<') {
            emitText(next);
            return true;
        }
        Tag tag = Tag.at(pending, next);
        boolean startsCalls = tag.kind() == Tag.Kind.OPEN_CALLS
                || (tag.kind() == Tag.Kind.OPEN_INVOKE
                        && tag.attributes().name().isPresent());
        emitText(startsCalls || tag.kind() == Tag.Kind.PARTIAL ? blockStart : next);
        if (tag.kind() == Tag.Kind.PARTIAL) {
            return false;
        }
        if (startsCalls) {
            state = State.CALLS;
            callsBeforeBlock = callsEnded;
            return skipTo(next);
        }
        readTagInText(tag);
        return true;
    }

    private void readTagInText(Tag tag) {
        switch (tag.kind()) {
            case END_OF_SENTENCE -> {
                state = State.END;
                skipTo(tag.end());
            }
            case THINK -> {
                thinkInContent |= state == State.CONTENT;
                emitText(tag.end());
            }
            case END_THINK -> {
                if (thinkInContent) {
                    emitText(tag.end());
                } else {
                    skipTo(tag.end());
                }
                thinkInContent = false;
                state = State.CONTENT;
            }
            case NONE -> emitText(at + 1);
            // Tags that neither open nor close anything here.
            default -> skipTo(tag.end());
        }
    }

    private boolean readBetweenCalls() {
        while (at < pending.length() && Tag.isBlank(pending.charAt(at))) {
            at++;
        }
        if (at == pending.length()) {
            return false;
        }
        if (pending.charAt(at) != '<') {
            state = State.CONTENT;
            return true;
        }
        Tag tag = Tag.at(pending, at);
        switch (tag.kind()) {
            case PARTIAL -> {
                return false;
            }
            case NONE, THINK, END_THINK -> state = State.CONTENT;
            case END_OF_SENTENCE -> {
                state = State.END;
                skipTo(tag.end());
            }
            case CLOSE_CALLS -> {
                state = callsEnded > callsBeforeBlock ? State.END : State.CONTENT;
                skipTo(tag.end());
            }
            case OPEN_INVOKE -> startCall(tag);
            default -> skipTo(tag.end());
        }
        return true;
    }

    private boolean readBetweenArguments() {
        int next = pending.indexOf("<", at);
        if (next < 0) {
            return skipTo(pending.length());
        }
        at = next;
        Tag tag = Tag.at(pending, at);
        switch (tag.kind()) {
            case PARTIAL -> {
                return false;
            }
            case NONE -> at++;
            case END_OF_SENTENCE, CLOSE_CALLS -> {
                endCall();
                state = State.END;
                skipTo(tag.end());
            }
            case CLOSE_INVOKE -> {
                endCall();
                state = State.CALLS;
                skipTo(tag.end());
            }
            case OPEN_INVOKE -> startCall(tag);
            case OPEN_PARAMETER -> startArgument(tag);
            default -> skipTo(tag.end());
        }
        return true;
    }

    private boolean readValue() {
        int close = pending.indexOf(VALUE_END, at);
        int end = close >= 0 ? close : heldFrom();
        CallInProgress open = openCall();
        events.arguments(open.index(), open.more(pending.subSequence(at, end)));
        at = end;
        if (close < 0) {
            return false;
        }
        events.arguments(open.index(), open.endArgument(() -> declaresString(open)));
        state = State.INVOKE;
        return skipTo(close + VALUE_END.length());
    }

    /** Where a value must wait because its end may have begun. That tag has one '<', at its start. */
    private int heldFrom() {
        int last = pending.lastIndexOf("<");
        boolean held = last >= at && VALUE_END.startsWith(pending.substring(last));
        return held ? last : pending.length();
    }

    private void startArgument(Tag tag) {
        skipTo(tag.end());
        if (tag.attributes().name().isPresent()) {
            CallInProgress open = openCall();
            events.arguments(open.index(), open.startArgument(tag.attributes()));
            state = State.VALUE;
        }
    }

    private void startCall(Tag tag) {
        skipTo(tag.end());
        if (tag.attributes().name().isPresent()) {
            if (call != null) {
                endCall();
            }
            int index = callsStarted++;
            String id = callIds.apply(index);
            String name = tag.attributes().name().orElseThrow();
            call = new CallInProgress(index, id, name);
            events.add(new ChatEvent.ToolCallStart(index, id, name));
            state = State.INVOKE;
        }
    }

    private void endCall() {
        CallInProgress open = openCall();
        events.arguments(open.index(), open.end());
        events.add(new ChatEvent.ToolCallEnd(open.index(), open.call()));
        callsEnded++;
        call = null;
    }

    private CallInProgress openCall() {
        if (call == null) {
            throw new IllegalStateException("no call is open in state " + state);
        }
        return call;
    }

    private boolean declaresString(CallInProgress open) {
        return stringParameters
                .computeIfAbsent(open.name(), this::stringParametersOf)
                .contains(open.key());
    }

    private Set<String> stringParametersOf(String tool) {
        return tools.stream()
                .filter(spec -> spec.name().equals(tool))
                .findFirst()
                .map(ToolSpec::stringParameters)
                .orElse(Set.of());
    }

    private void emitText(int end) {
        String text = pending.substring(at, end);
        switch (state) {
            case REASONING -> events.reasoning(text);
            case CONTENT -> events.content(text);
            default -> {}
        }
        at = end;
    }

    private boolean skipTo(int end) {
        at = end;
        return true;
    }
}
