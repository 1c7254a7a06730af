package dev.hadal.server.script;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads scripts; {@code docs/script.md} describes them. Anything that is not understood is refused with its place. */
public final class ScriptReader {
    private static final long MAX_BYTES = 16L << 20;
    private static final int DEFAULT_CONTEXT = 1 << 20;
    private static final Duration MAX_PAUSE = Duration.ofMinutes(10);

    private ScriptReader() {}

    /**
     * Reads a file.
     *
     * @throws ScriptException naming the file, the place in it and what is wrong there
     */
    public static Script read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new ScriptException(file + " has more than the " + MAX_BYTES + " bytes that a script may have");
            }
            return parse(Files.readString(file, StandardCharsets.UTF_8), file.toString());
        } catch (NoSuchFileException e) {
            throw new ScriptException(file + " does not exist; give the path of a script", e);
        } catch (IOException e) {
            throw new ScriptException(file + " cannot be read: " + e, e);
        }
    }

    /**
     * Reads a text.
     *
     * @param origin what messages call it
     * @throws ScriptException naming the place and what is wrong there
     */
    public static Script parse(String yaml, String origin) {
        JsonNode tree;
        try {
            tree = new YAMLMapper().readTree(yaml);
        } catch (JacksonException e) {
            throw new ScriptException(origin + " is not YAML: " + e.getOriginalMessage(), e);
        }
        ScriptNode root = new ScriptNode(origin, "", tree);
        root.allow("context", "delay", "first_delay", "rules");
        int context = root.integer("context", DEFAULT_CONTEXT, 16, Integer.MAX_VALUE);
        ScriptPace pace = pace(root, ScriptPace.UNPACED);
        List<ScriptRule> rules = new ArrayList<>();
        for (ScriptNode rule : root.required("rules").elements()) {
            rules.add(rule(rule, pace));
        }
        return new Script(context, rules);
    }

    private static ScriptRule rule(ScriptNode rule, ScriptPace pace) {
        rule.allow("when", "reasoning", "text", "calls", "raw", "finish", "delay", "first_delay", "fault");
        ScriptNode when = rule.get("when");
        return new ScriptRule(
                rule.path(),
                when == null ? ScriptCondition.ALWAYS : condition(when),
                answer(rule),
                pace(rule, pace),
                fault(rule.get("fault")));
    }

    private static ScriptPace pace(ScriptNode node, ScriptPace otherwise) {
        return new ScriptPace(
                node.duration("first_delay", otherwise.firstToken(), MAX_PAUSE),
                node.duration("delay", otherwise.token(), MAX_PAUSE));
    }

    private static ScriptCondition condition(ScriptNode when) {
        when.allow("contains", "matches", "from", "turn", "model", "offers");
        return new ScriptCondition(
                when.string("contains"),
                pattern(when.get("matches")),
                when.constant("from", ScriptCondition.From.class, ScriptCondition.From.ANY),
                when.integer("turn", 0, 1, Integer.MAX_VALUE),
                when.string("model"),
                when.string("offers"));
    }

    private static @Nullable Pattern pattern(@Nullable ScriptNode node) {
        if (node == null) {
            return null;
        }
        try {
            return Pattern.compile(node.text());
        } catch (PatternSyntaxException e) {
            throw node.refused("is no regular expression of RE2: " + e.getMessage());
        }
    }

    /** How an answer can be said to end. */
    private enum Finish {
        STOP,
        LENGTH
    }

    private static ScriptAnswer answer(ScriptNode rule) {
        List<ScriptCall> calls = new ArrayList<>();
        ScriptNode listed = rule.get("calls");
        if (listed != null) {
            listed.elements().forEach(call -> calls.add(call(call)));
        }
        String raw = rule.string("raw");
        boolean structured = rule.get("reasoning") != null || rule.get("text") != null || listed != null;
        if (structured && !raw.isEmpty()) {
            throw rule.refused("has raw beside reasoning, text or calls; give one or the others");
        }
        if (!structured && raw.isEmpty() && rule.get("fault") == null) {
            throw rule.refused("answers nothing; give it text, reasoning, calls, raw or a fault");
        }
        boolean cutOff = rule.constant("finish", Finish.class, Finish.STOP) == Finish.LENGTH;
        return new ScriptAnswer(rule.string("reasoning"), rule.string("text"), calls, raw, cutOff);
    }

    private static ScriptCall call(ScriptNode call) {
        ScriptNode any = call.get("any");
        if (any == null) {
            return new ScriptCall(List.of(candidate(call)));
        }
        call.allow("any");
        List<ScriptCall.Candidate> candidates = new ArrayList<>();
        any.elements().forEach(one -> candidates.add(candidate(one)));
        return new ScriptCall(candidates);
    }

    private static ScriptCall.Candidate candidate(ScriptNode call) {
        call.allow("tool", "arguments");
        ScriptNode arguments = call.get("arguments");
        ObjectNode object = arguments == null ? JsonNodeFactory.instance.objectNode() : arguments.object();
        return new ScriptCall.Candidate(call.required("tool").text(), object);
    }

    private static @Nullable ScriptFault fault(@Nullable ScriptNode fault) {
        if (fault == null) {
            return null;
        }
        fault.allow("kind", "after", "length");
        fault.required("kind");
        ScriptFault.Kind kind = fault.constant("kind", ScriptFault.Kind.class, ScriptFault.Kind.EXCEPTION);
        Duration length = fault.duration("length", Duration.ZERO, MAX_PAUSE);
        if ((kind == ScriptFault.Kind.STALL) == length.isZero()) {
            throw fault.refused("must have a length if it is a stall, and only then");
        }
        return new ScriptFault(kind, fault.integer("after", 0, 0, Integer.MAX_VALUE), length);
    }
}
