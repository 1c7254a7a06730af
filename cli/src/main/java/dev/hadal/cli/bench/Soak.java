package dev.hadal.cli.bench;

import dev.hadal.cache.CacheOptions;
import dev.hadal.engine.AdmissionException;
import dev.hadal.engine.Engine;
import dev.hadal.engine.EngineCounters;
import dev.hadal.engine.EngineOptions;
import dev.hadal.engine.Generation;
import dev.hadal.engine.GenerationRequest;
import dev.hadal.engine.Origin;
import dev.hadal.engine.Taken;
import dev.hadal.engine.TokenLimits;
import dev.hadal.engine.TokenOutput;
import dev.hadal.model.Batch;
import dev.hadal.model.LanguageModel;
import dev.hadal.model.Logits;
import dev.hadal.model.SequenceState;
import dev.hadal.sample.SampledSequence;
import dev.hadal.sample.Sampler;
import dev.hadal.sample.SamplingParams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Compares the engine with a plain loop over the same model. In each round an engine with drawn options gets drawn
 * requests that branch from each other, are cancelled, preempted and read slowly; then each answer is computed alone, and
 * every id and every bit of every log-probability has to be the same.
 */
public final class Soak {
    private static final int TOP = 3;
    private static final int LONGEST_PROMPT = 600;
    private static final int MOST_TOKENS = 24;

    private final LanguageModel model;
    private final Logits logits;
    private final Sampler sampler = new Sampler();
    private Totals totals = new Totals(0, 0, 0, 0, 0);

    /** What has been compared so far. */
    public record Totals(int rounds, int answers, long tokens, long reused, long preemptions) {
        private Totals plus(int moreAnswers, long moreTokens, EngineCounters counters) {
            return new Totals(
                    rounds + 1,
                    answers + moreAnswers,
                    tokens + moreTokens,
                    reused + counters.tokens().reused(),
                    preemptions + counters.trouble().preemptions());
        }
    }

    /** What one generation gave, as far as it was read. */
    private record Answer(GenerationRequest request, Generation generation, List<String> tokens, boolean cancelled) {}

    /** A soak of a model that nobody else uses meanwhile. */
    public Soak(LanguageModel model) {
        this.model = model;
        this.logits = new Logits(1, model.limits().vocabulary());
    }

    /** What has been compared so far. */
    public Totals totals() {
        return totals;
    }

    /**
     * Runs one round.
     *
     * @return what differs, in words; empty if nothing does
     */
    public String round(long seed) throws InterruptedException {
        Random random = new Random(seed);
        List<Answer> answers = new ArrayList<>();
        EngineCounters counters;
        List<GenerationRequest> requests = requests(random);
        try (Engine engine = new Engine(model, options(random))) {
            List<Generation> started = new ArrayList<>();
            List<GenerationRequest> owners = new ArrayList<>();
            for (GenerationRequest request : requests) {
                try {
                    for (Generation generation : engine.submit(request)) {
                        started.add(generation);
                        owners.add(request);
                    }
                } catch (AdmissionException e) {
                    // A drawn budget may be too small for a drawn request; to be refused is right then.
                }
            }
            for (int i = 0; i < started.size(); i++) {
                answers.add(read(owners.get(i), started.get(i), random.nextInt(8) == 0 ? random.nextInt(6) : -1));
            }
            counters = engine.counters();
        }
        long left = model.stateMemory().usedBytes();
        if (left != 0) {
            return left + " bytes of state are left after the engine was closed";
        }
        totals = totals.plus(
                answers.size(),
                answers.stream().mapToLong(answer -> answer.tokens().size()).sum(),
                counters);
        return answers.stream()
                .map(this::difference)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
    }

    private EngineOptions options(Random random) {
        EngineOptions options = EngineOptions.defaults()
                .withRunningSequences(1 + random.nextInt(10))
                .withStepTarget(Duration.ofMillis(1 + random.nextInt(200)))
                .withReaders(new EngineOptions.ReaderLimits(1 + random.nextInt(30), Duration.ofMinutes(10)))
                .withCache(new CacheOptions(16 << random.nextInt(4), 4096, 1 + random.nextInt(64), 1 << 20));
        long most = model.stateBytes(LONGEST_PROMPT + MOST_TOKENS) + model.stateBytes(128);
        return random.nextBoolean() ? options : options.withStateBudgetBytes(most + random.nextLong(3 * most));
    }

    private List<GenerationRequest> requests(Random random) {
        List<GenerationRequest> requests = new ArrayList<>();
        int[] trunk = draw(random, 300);
        for (int i = 0; i < 12; i++) {
            int[] prompt = draw(random, 1 + random.nextInt(150));
            if (random.nextInt(4) > 0) {
                int[] known = requests.isEmpty() || random.nextBoolean()
                        ? trunk
                        : requests.get(random.nextInt(requests.size())).prompt();
                int cut = random.nextInt(known.length + 1);
                prompt = IntStream.concat(Arrays.stream(known, 0, cut), Arrays.stream(prompt))
                        .limit(LONGEST_PROMPT)
                        .toArray();
            }
            float temperature = random.nextInt(4) == 0 ? 0 : 1;
            SamplingParams sampling =
                    new SamplingParams(temperature, 0.5f + random.nextFloat() / 2, 0, 0, random.nextLong());
            Set<Integer> stops = Set.of(random.nextInt(logits.vocabulary()));
            TokenLimits limits = new TokenLimits(random.nextInt(3), 3 + random.nextInt(MOST_TOKENS - 3), stops, null);
            requests.add(GenerationRequest.of(prompt, sampling, limits)
                    .withOutput(TokenOutput.plain()
                            .withTopLogProbs(TOP)
                            .withChoices(random.nextInt(4) == 0 ? 2 + random.nextInt(2) : 1))
                    .withOrigin(Origin.local()
                            .withTenant("tenant" + random.nextInt(3))
                            .withNamespace("shared")
                            .withPriority(random.nextInt(3) - 1)));
        }
        return requests;
    }

    private int[] draw(Random random, int length) {
        return random.ints(length, 0, logits.vocabulary()).toArray();
    }

    /** Reads a generation to its end, or so many tokens before it is cancelled. */
    private static Answer read(GenerationRequest request, Generation generation, int cancelAfter)
            throws InterruptedException {
        List<String> tokens = new ArrayList<>();
        while (true) {
            if (tokens.size() == cancelAfter) {
                generation.cancel();
                return new Answer(request, generation, tokens, true);
            }
            if (!(generation.take() instanceof Taken.Token token)) {
                return new Answer(request, generation, tokens, false);
            }
            tokens.add(String.valueOf(token.logProbs()));
        }
    }

    private String difference(Answer answer) {
        List<String> alone = alone(answer.request(), answer.generation().choice());
        List<String> expected = answer.cancelled()
                ? alone.subList(0, Math.min(alone.size(), answer.tokens().size()))
                : alone;
        if (expected.equals(answer.tokens())) {
            return "";
        }
        int at = 0;
        while (at < Math.min(expected.size(), answer.tokens().size())
                && expected.get(at).equals(answer.tokens().get(at))) {
            at++;
        }
        return "choice " + answer.generation().choice() + " of a prompt of "
                + answer.request().prompt().length + " tokens differs at token " + at + " of " + expected.size()
                + " from what it gives alone";
    }

    /** Ids and log-probabilities of one choice, computed by a loop over the model. */
    private List<String> alone(GenerationRequest request, int choice) {
        TokenLimits limits = request.limits();
        int[] stops = limits.stopIds().stream().mapToInt(Integer::intValue).toArray();
        SampledSequence rules = new SampledSequence(request.sampling(), choice, logits.vocabulary(), request.prompt());
        List<String> tokens = new ArrayList<>();
        try (SequenceState state = model.newState()) {
            int[] next = request.prompt();
            while (tokens.size() < limits.maxTokens()) {
                forward(state, next);
                rules.forbid(tokens.size() < limits.minTokens() ? stops : new int[0]);
                int id = sampler.pick(logits.values(), 0, rules, state.length());
                if (limits.stopIds().contains(id)) {
                    return tokens;
                }
                tokens.add(String.valueOf(sampler.logProbs(logits.values(), 0, rules, state.length(), id, TOP)));
                rules.accept(id);
                next = new int[] {id};
            }
        }
        return tokens;
    }

    private void forward(SequenceState state, int[] ids) {
        int rows = model.limits().batchRows();
        for (int from = 0; from < ids.length; from += rows) {
            int to = Math.min(ids.length, from + rows);
            Batch.Wanted wanted = to == ids.length ? Batch.Wanted.LAST : Batch.Wanted.NONE;
            model.forward(new Batch().add(state, ids, from, to, wanted), logits);
        }
    }
}
