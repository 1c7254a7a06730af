package dev.hadal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.cache.CacheOptions;
import dev.hadal.sample.SamplingParams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One random life of an engine: requests of several tenants that branch from each other, come at any time, are cancelled,
 * read slowly, run short of memory and fail. Whatever is not disturbed itself gives what it gives alone.
 */
final class Interleaving {
    private final Random random;
    private final ToyModel.Clock clock = new ToyModel.Clock();
    private final ToyModel model = new ToyModel(clock);
    private final EngineOptions options;
    private final Engine engine;
    private final List<Asked> asked = new ArrayList<>();
    private final List<int[]> texts = new ArrayList<>();
    private boolean disturbed;

    /** A generation, what it is to give, and what was read of it. */
    private static final class Asked {
        private final Generation generation;
        private final GenerationRequest request;
        private final List<Integer> read = new ArrayList<>();
        private Taken.@Nullable End end;
        private boolean over;
        private boolean cancelled;

        Asked(Generation generation, GenerationRequest request) {
            this.generation = generation;
            this.request = request;
        }

        void read(int most) {
            for (int i = 0; i < most && !over; i++) {
                Taken taken = generation.poll();
                switch (taken) {
                    case null -> {
                        return;
                    }
                    case Taken.Token token -> read.add(token.id());
                    case Taken.End last -> {
                        end = last;
                        over = true;
                    }
                }
            }
        }
    }

    Interleaving(long seed) {
        random = new Random(seed);
        long budget = random.nextInt(4) == 0 ? Long.MAX_VALUE : 20_000 + random.nextInt(100_000);
        options = EngineOptions.defaults()
                .withStateBudgetBytes(budget)
                .withRunningSequences(1 + random.nextInt(12))
                .withReaders(new EngineOptions.ReaderLimits(1 + random.nextInt(40), Duration.ofDays(1)))
                .withCache(new CacheOptions(1 << (4 + random.nextInt(4)), 1 << 10, 1 + random.nextInt(50), 100_000))
                .withStepTarget(Duration.ofMillis(1 + random.nextInt(100)));
        engine = new Engine(model, options, clock::now);
    }

    void run() {
        int faults = random.nextInt(4) == 0 ? 20 : 0;
        disturbed = faults > 0;
        model.hook(batch -> {
            if (faults > 0 && random.nextInt(faults) == 0 && batch.spans().size() > 1) {
                throw new IllegalStateException("planted");
            }
        });
        int requests = 1 + random.nextInt(20);
        boolean more = true;
        for (int steps = 0; more || requests > 0 || !allOver(); steps++) {
            assertThat(steps).as("steps").isLessThan(200_000);
            while (requests > 0 && random.nextInt(4) == 0) {
                submit();
                requests--;
            }
            more = engine.step();
            assertThat(model.stateMemory().peakBytes()).as("peak").isLessThanOrEqualTo(options.stateBudgetBytes());
            for (Asked one : asked) {
                if (random.nextInt(400) == 0) {
                    one.generation.cancel();
                    one.cancelled = true;
                }
                one.read(random.nextInt(8));
            }
        }
        asked.forEach(this::verify);
        assertThat(engine.memory().check()).isEmpty();
        engine.close();
        assertThat(model.stateMemory().usedBytes()).as("left").isZero();
    }

    private boolean allOver() {
        return asked.stream().allMatch(one -> one.over);
    }

    private void submit() {
        int[] prompt = prompt();
        TokenLimits limits = new TokenLimits(random.nextInt(3), 3 + random.nextInt(60), Set.of(3), null);
        String tenant = "tenant" + random.nextInt(3);
        GenerationRequest request = GenerationRequest.of(prompt, SamplingParams.greedy(), limits)
                .withOutput(TokenOutput.plain().withChoices(random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 1))
                .withOrigin(Origin.local().withTenant(tenant).withPriority(random.nextInt(3) - 1));
        try {
            engine.submit(request).forEach(generation -> asked.add(new Asked(generation, request)));
        } catch (AdmissionException e) {
            assertThat(e.reason()).isEqualTo(AdmissionException.Reason.TOO_LARGE);
        }
    }

    /** Something new, or something known cut anywhere and continued. */
    private int[] prompt() {
        int[] fresh =
                random.ints(1 + random.nextInt(200), 0, ToyModel.VOCABULARY).toArray();
        if (!texts.isEmpty() && random.nextBoolean()) {
            int[] known = texts.get(random.nextInt(texts.size()));
            int cut = random.nextInt(known.length + 1);
            int[] joined = Arrays.copyOf(known, cut + fresh.length);
            System.arraycopy(fresh, 0, joined, cut, fresh.length);
            fresh = joined;
        }
        texts.add(fresh);
        return fresh;
    }

    private void verify(Asked one) {
        List<Integer> expected = Alone.greedy(one.request.prompt(), one.request.limits());
        if (one.cancelled) {
            // What was read before is right; ids that were dropped leave no hole, for nothing follows.
            assertThat(one.read).isEqualTo(expected.subList(0, Math.min(one.read.size(), expected.size())));
            return;
        }
        assertThat(one.read).isEqualTo(expected);
        Taken.End end = Objects.requireNonNull(one.end);
        GenerationUsage usage = end.usage();
        assertThat(usage.sampledTokens()).isEqualTo(expected.size() + (end.reason() == EndReason.STOP_ID ? 1 : 0));
        int toCompute = one.request.prompt().length + usage.sampledTokens() - 1;
        assertThat(usage.computedTokens() + usage.prefix().reusedTokens())
                .as("computed and reused")
                .satisfies(tokens -> assertThat(tokens == toCompute || disturbed || usage.preemptions() > 0)
                        .isTrue());
    }
}
