package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.checkpoint.Checkpoint;
import dev.hadal.checkpoint.DirectoryFiles;
import dev.hadal.kernel.Compute;
import dev.hadal.kernel.Fp8InputKernels;
import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.Kernels;
import dev.hadal.model.Batch;
import dev.hadal.model.Logits;
import dev.hadal.model.NumericsMode;
import dev.hadal.model.SequenceState;
import dev.hadal.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * What it costs to round the inputs of FP4 products, on the embedded model, against not to round them: to integers, as
 * {@link NumericsMode#W4A8} does, and to FP8 in groups of 128, as the official kernels do at the same places. {@code
 * -Dhadal.divergence=8} takes eight conversations for each recorded prompt, and all of the text; docs/numerics.md says
 * what that gave.
 */
class IntegerInputsTest {
    private static final Path MODEL = Path.of("../nano/src/main/resources/dev/hadal/nano/model");
    private static final Path PROMPTS = Path.of("../nano/src/test/resources/dev/hadal/nano/prompts.json");
    private static final int SAMPLES = Integer.getInteger("hadal.divergence", 0);
    private static final int LENGTH = 512;

    private final Checkpoint checkpoint = Checkpoint.open(DirectoryFiles.open(MODEL));
    private final V4Config config = V4Config.parse(checkpoint.configJson(), checkpoint.configOrigin());
    private final V4Weights weights = V4Binder.bind(checkpoint, config);
    private final Tokenizer tokenizer = Tokenizer.load(MODEL.resolve("tokenizer.json"));

    /** Means over all tokens: divergence from the reference in nats, and the negative log-likelihood of the text. */
    private record Cost(double divergence, double loss, double referenceLoss) {}

    @AfterEach
    void close() {
        checkpoint.close();
    }

    @Test
    void integersCostLessThanTheOfficialRounding() throws IOException {
        compare("licence", licence());
    }

    @Test
    void integersCostLessInConversations() throws IOException {
        Assumptions.assumeTrue(SAMPLES > 0, "-Dhadal.divergence=8 measures conversations, for a minute");
        compare("conversations", conversations());
    }

    /** Threads, chunks, kernels and the place of the weights: integers on wide vectors, their floats on others. */
    @Test
    void resultsHaveTheSameBitsHoweverTheyAreComputed() throws IOException {
        int[] ids = Arrays.copyOf(licence().getFirst(), 200);
        double[][] expected;
        try (DeepSeekV4 model = model(NumericsMode.W4A8, FastKernels.INSTANCE)) {
            expected = logProbabilities(model, ids);
            for (int chunk : new int[] {1, 3, 5, 64}) {
                assertThat(inChunks(model, ids, chunk))
                        .as("in chunks of %d", chunk)
                        .isDeepEqualTo(expected);
            }
        }
        for (Kernels kernels : List.of(KernelSelector.scalar(), FastKernels.ofBits(128), FastKernels.ofBits(256))) {
            for (boolean packed : new boolean[] {true, false}) {
                DeepSeekV4.Options options =
                        new DeepSeekV4.Options(NumericsMode.W4A8, LENGTH, packed, () -> "embedded");
                try (DeepSeekV4 model = new DeepSeekV4(config, weights, new Compute(kernels, 3), options)) {
                    assertThat(inChunks(model, ids, 150))
                            .as("%s, packed %s", kernels.name(), packed)
                            .isDeepEqualTo(expected);
                }
            }
        }
    }

    private double[][] inChunks(DeepSeekV4 model, int[] ids, int chunk) {
        SequenceState state = model.newState();
        double[][] rows = new double[ids.length][];
        for (int from = 0; from < ids.length; from += chunk) {
            int to = Math.min(ids.length, from + chunk);
            Logits logits = new Logits(to - from, config.vocabSize());
            Batch batch = new Batch();
            batch.add(state, ids, from, to, Batch.Wanted.ALL);
            model.forward(batch, logits);
            for (int i = from; i < to; i++) {
                rows[i] = logProbabilities(logits.values(), (i - from) * config.vocabSize());
            }
        }
        return rows;
    }

    private void compare(String name, List<int[]> texts) {
        Cost integers = cost(texts, FastKernels.INSTANCE);
        Cost fp8 = cost(texts, new Fp8InputKernels(FastKernels.INSTANCE));
        int tokens = texts.stream().mapToInt(text -> text.length).sum();
        System.out.printf("%s, %d tokens: integers %s, FP8 %s%n", name, tokens, integers, fp8);
        assertThat(integers.divergence).isPositive().isLessThan(0.8 * fp8.divergence);
        assertThat(Math.abs(integers.loss - integers.referenceLoss)).isLessThan(0.01);
    }

    /** A text that the model knows nothing about. */
    private List<int[]> licence() throws IOException {
        int[] ids = tokenizer.encode(Files.readString(Path.of("../LICENSE")), Tokenizer.Mode.PLAIN);
        int length = SAMPLES > 0 ? ids.length : 3 * LENGTH;
        List<int[]> texts = new ArrayList<>();
        for (int from = 0; from + 1 < length; from += LENGTH) {
            texts.add(Arrays.copyOfRange(ids, from, Math.min(length, from + LENGTH)));
        }
        return texts;
    }

    /** Continuations of the recorded prompts that the model itself draws. */
    private List<int[]> conversations() throws IOException {
        List<int[]> conversations = new ArrayList<>();
        Random random = new Random(1);
        try (DeepSeekV4 model = model(NumericsMode.QAT, FastKernels.INSTANCE)) {
            for (JsonNode prompt :
                    new ObjectMapper().readTree(Files.readString(PROMPTS)).get("prompts")) {
                int[] ids = ids(prompt.get("prompt_ids")).toArray();
                for (int i = 0; i < SAMPLES; i++) {
                    conversations.add(sample(model, ids, random));
                }
            }
        }
        return conversations;
    }

    private static IntStream ids(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt);
    }

    private int[] sample(DeepSeekV4 model, int[] prompt, Random random) {
        Logits logits = new Logits(1, config.vocabSize());
        SequenceState state = model.newState();
        int[] ids = prompt;
        int from = 0;
        while (ids.length < prompt.length + 100) {
            Batch batch = new Batch();
            batch.add(state, ids, from, ids.length, Batch.Wanted.LAST);
            model.forward(batch, logits);
            double[] p = logProbabilities(logits.values(), 0);
            double rest = random.nextDouble();
            int token = 0;
            while (token + 1 < p.length && (rest -= Math.exp(p[token])) > 0) {
                token++;
            }
            from = ids.length;
            ids = Arrays.copyOf(ids, ids.length + 1);
            ids[from] = token;
            if (token == 1) {
                break;
            }
        }
        return ids;
    }

    private Cost cost(List<int[]> texts, Kernels kernels) {
        double divergence = 0;
        double loss = 0;
        double referenceLoss = 0;
        int count = 0;
        try (DeepSeekV4 reference = model(NumericsMode.QAT, FastKernels.INSTANCE);
                DeepSeekV4 model = model(NumericsMode.W4A8, kernels)) {
            for (int[] ids : texts) {
                double[][] expected = logProbabilities(reference, ids);
                double[][] actual = logProbabilities(model, ids);
                for (int i = 0; i + 1 < ids.length; i++, count++) {
                    loss -= actual[i][ids[i + 1]];
                    referenceLoss -= expected[i][ids[i + 1]];
                    for (int token = 0; token < expected[i].length; token++) {
                        divergence += Math.exp(expected[i][token]) * (expected[i][token] - actual[i][token]);
                    }
                }
            }
        }
        return new Cost(divergence / count, loss / count, referenceLoss / count);
    }

    private DeepSeekV4 model(NumericsMode mode, Kernels kernels) {
        return new DeepSeekV4(
                config, weights, new Compute(kernels, 2), new DeepSeekV4.Options(mode, LENGTH, true, () -> "nano"));
    }

    private double[][] logProbabilities(DeepSeekV4 model, int[] ids) {
        return inChunks(model, ids, ids.length);
    }

    private double[] logProbabilities(float[] logits, int from) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int token = 0; token < config.vocabSize(); token++) {
            largest = Math.max(largest, logits[from + token]);
        }
        double sum = 0;
        for (int token = 0; token < config.vocabSize(); token++) {
            sum += Math.exp(logits[from + token] - largest);
        }
        double log = largest + Math.log(sum);
        double[] row = new double[config.vocabSize()];
        for (int token = 0; token < config.vocabSize(); token++) {
            row[token] = logits[from + token] - log;
        }
        return row;
    }
}
