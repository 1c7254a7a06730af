package dev.hadal.nano;

import dev.hadal.checkpoint.SafetensorsFile;
import dev.hadal.model.Batch;
import dev.hadal.model.Logits;
import dev.hadal.model.SequenceState;
import dev.hadal.model.v4.DeepSeekV4;
import dev.hadal.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an independent implementation computed with this model. */
final class Recording {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final Pattern ANSWER = Pattern.compile(
            "\"prompt_ids\": \\[([^]]*)].*?\"output_ids\": \\[([^]]*)].*?\"smallest_gap\": ([0-9.]+)", Pattern.DOTALL);

    /** A greedy answer, and the smallest lead that a chosen token had over the next best. */
    record Answer(int[] prompt, int[] output, double smallestGap) {}

    private Recording() {}

    static List<Answer> answers() {
        return ANSWER.matcher(new String(resource("prompts.json"), StandardCharsets.UTF_8))
                .results()
                .map(found -> new Answer(ids(found.group(1)), ids(found.group(2)), Double.parseDouble(found.group(3))))
                .toList();
    }

    private static int[] ids(String list) {
        Matcher number = Pattern.compile("\\d+").matcher(list);
        return number.results().mapToInt(id -> Integer.parseInt(id.group())).toArray();
    }

    static int[] ints(String name) {
        Tensor tensor = tensor(name);
        int[] values = new int[tensor.dim(0)];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.toIntExact(tensor.data().get(LONG, (long) i * Long.BYTES));
        }
        return values;
    }

    static float[] floats(String name) {
        return tensor(name).floats();
    }

    private static Tensor tensor(String name) {
        MemorySegment file = MemorySegment.ofArray(resource("golden.safetensors"));
        return Objects.requireNonNull(
                SafetensorsFile.parse("golden.safetensors", file).tensors().get(name));
    }

    private static byte[] resource(String name) {
        try (InputStream in = Objects.requireNonNull(Recording.class.getResourceAsStream(name))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The logits of all rows, computed in chunks. */
    static float[] logits(DeepSeekV4 model, int[] ids, int chunk) {
        SequenceState state = model.newState();
        int vocabulary = model.limits().vocabulary();
        float[] all = new float[ids.length * vocabulary];
        Logits logits = new Logits(chunk, vocabulary);
        for (int from = 0; from < ids.length; from += chunk) {
            int to = Math.min(ids.length, from + chunk);
            model.forward(new Batch().add(state, ids, from, to, Batch.Wanted.ALL), logits);
            System.arraycopy(logits.values(), 0, all, from * vocabulary, (to - from) * vocabulary);
        }
        return all;
    }

    /** The rows of some positions. */
    static float[] at(int[] positions, float[] all, int vocabulary) {
        float[] rows = new float[positions.length * vocabulary];
        for (int i = 0; i < positions.length; i++) {
            System.arraycopy(all, positions[i] * vocabulary, rows, i * vocabulary, vocabulary);
        }
        return rows;
    }

    static float largestDifference(float[] expected, float[] actual) {
        float largest = 0f;
        for (int i = 0; i < expected.length; i++) {
            float difference = Math.abs(expected[i] - actual[i]);
            largest = difference <= largest ? largest : difference;
        }
        return largest;
    }

    static int argmax(float[] logits, int from, int to) {
        int best = from;
        for (int i = from; i < to; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best - from;
    }

    /** The greedy continuation of a prompt up to the last of so many tokens. */
    static int[] continuation(DeepSeekV4 model, int[] prompt, int tokens) {
        SequenceState state = model.newState();
        Logits logits = new Logits(1, model.limits().vocabulary());
        int most = model.limits().batchRows();
        for (int from = 0; from < prompt.length; from += most) {
            int to = Math.min(prompt.length, from + most);
            model.forward(new Batch().add(state, prompt, from, to, Batch.Wanted.LAST), logits);
        }
        int[] output = new int[tokens];
        output[0] = argmax(logits.values(), 0, logits.vocabulary());
        for (int i = 1; i < tokens; i++) {
            model.forward(new Batch().add(state, output, i - 1, i, Batch.Wanted.LAST), logits);
            output[i] = argmax(logits.values(), 0, logits.vocabulary());
        }
        return Arrays.copyOf(output, tokens);
    }
}
