package dev.hadal;

import dev.hadal.chat.ControlTokens;
import dev.hadal.tokenizer.Segment;
import dev.hadal.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The ids of answers as they were sampled. A text has many tokenizations, and the model does not always choose the one
 * that a tokenizer would: so a prompt in which an earlier answer is tokenized again differs from the sequence that was
 * computed, and nothing behind the difference can be reused. Where a prompt holds an answer that is remembered, it gets
 * the ids as they were.
 *
 * <p>Answers are found by what a prompt shows of them, within one namespace. The least recently used are forgotten when
 * there are too many. Safe for use by several threads.
 */
final class PromptMemory {
    private static final Segment ASSISTANT = new Segment.Control(ControlTokens.ASSISTANT);
    private static final Segment THINK = new Segment.Control(ControlTokens.THINK);
    private static final Segment END_THINK = new Segment.Control(ControlTokens.END_THINK);
    private static final Segment USER = new Segment.Control(ControlTokens.USER);
    private static final Segment END_OF_SENTENCE = new Segment.Control(ControlTokens.END_OF_SENTENCE);

    /** What an answer takes beside its ids: key, entry, its place in the table and the array's head. */
    static final int ENTRY_BYTES = 256;

    private final long maxBytes;
    private final Map<String, int[]> answers = new LinkedHashMap<>(16, 0.75f, true);
    private long bytesHeld;

    /** A memory of at most so many bytes, all answers together. */
    PromptMemory(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Remembers an answer.
     *
     * @param reasoned whether its turn was opened with reasoning
     * @param answer what a later prompt shows of it, up to the end-of-sentence token
     * @param ids what was sampled, up to the end-of-sentence token
     */
    void remember(String namespace, boolean reasoned, List<Segment> answer, int[] ids) {
        String key = key(namespace, reasoned ? THINK : END_THINK, answer);
        synchronized (answers) {
            int[] before = answers.put(key, ids.clone());
            bytesHeld += bytes(ids) - (before == null ? 0 : bytes(before));
            var oldest = answers.values().iterator();
            while (bytesHeld > maxBytes && oldest.hasNext()) {
                bytesHeld -= bytes(oldest.next());
                oldest.remove();
            }
        }
    }

    private static long bytes(int[] ids) {
        return ENTRY_BYTES + (long) ids.length * Integer.BYTES;
    }

    /** The ids of a prompt, with those of remembered answers as they were sampled. */
    int[] encode(String namespace, List<Segment> prompt, Tokenizer tokenizer) {
        IntStream.Builder ids = IntStream.builder();
        int from = 0;
        for (int at = 0; at + 1 < prompt.size(); at++) {
            int end = answerEnd(prompt, at);
            int[] sampled = end < 0 ? null : find(key(namespace, prompt.get(at + 1), prompt.subList(at + 2, end)));
            if (sampled != null) {
                Arrays.stream(tokenizer.encode(prompt.subList(from, at + 2))).forEach(ids);
                Arrays.stream(sampled).forEach(ids);
                from = end;
                at = end - 1;
            }
        }
        Arrays.stream(tokenizer.encode(prompt.subList(from, prompt.size()))).forEach(ids);
        return ids.build().toArray();
    }

    /** Where the finished assistant turn that is opened here ends; -1 if none is. */
    private static int answerEnd(List<Segment> prompt, int at) {
        Segment opener = prompt.get(at + 1);
        if (!prompt.get(at).equals(ASSISTANT) || !(opener.equals(THINK) || opener.equals(END_THINK))) {
            return -1;
        }
        for (int end = at + 2; end < prompt.size(); end++) {
            Segment segment = prompt.get(end);
            if (segment.equals(END_OF_SENTENCE)) {
                return end + 1;
            }
            if (segment.equals(ASSISTANT) || segment.equals(USER)) {
                return -1;
            }
        }
        return -1;
    }

    private int @Nullable [] find(String key) {
        synchronized (answers) {
            return answers.get(key);
        }
    }

    private static String key(String namespace, Segment opener, List<Segment> answer) {
        MessageDigest digest = Fingerprint.sha256();
        update(digest, namespace, 0);
        update(digest, opener.text(), 1);
        for (Segment segment : answer) {
            update(digest, segment.text(), segment instanceof Segment.Control ? 1 : 2);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** A text with its length and kind before it, so that two lists never look alike. */
    private static void update(MessageDigest digest, String text, int kind) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update((byte) kind);
        for (int shift = 24; shift >= 0; shift -= 8) {
            digest.update((byte) (bytes.length >>> shift));
        }
        digest.update(bytes);
    }
}
