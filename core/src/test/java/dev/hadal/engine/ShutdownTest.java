package dev.hadal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ShutdownTest {
    private final ToyModel model = new ToyModel(new ToyModel.Clock());
    private final ToyBench requests = new ToyBench();

    @Test
    void drainingLetsWhatThereIsComeToItsEnd() throws InterruptedException {
        Engine engine = new Engine(model, EngineOptions.defaults());
        GenerationRequest request = requests.request(300, 200);
        Generation generation = engine.submit(request).getFirst();
        engine.drain(Duration.ofSeconds(20));
        ToyBench.assertAlone(generation, request);
        assertThat(ToyBench.end(generation).reason()).isEqualTo(EndReason.LENGTH);
        assertThat(model.stateMemory().usedBytes()).isZero();
    }

    @Test
    void whatTakesLongerThanTheLimitIsEnded() throws InterruptedException {
        Engine engine = new Engine(model, EngineOptions.defaults());
        Generation generation = engine.submit(requests.request(300, 1_000_000)).getFirst();
        engine.drain(Duration.ofMillis(50));
        Taken.End end = ToyBench.end(generation);
        assertThat(end.reason()).isEqualTo(EndReason.SHUT_DOWN);
        assertThat(model.stateMemory().usedBytes()).isZero();
    }

    @Test
    void whileDrainingNothingMoreIsAccepted() throws InterruptedException {
        CountDownLatch inStep = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        model.hook(batch -> {
            inStep.countDown();
            await(release);
        });
        Engine engine = new Engine(model, EngineOptions.defaults());
        Generation generation = engine.submit(requests.request(10, 3)).getFirst();
        await(inStep);
        Thread drain = Thread.ofPlatform().start(() -> {
            try {
                engine.drain(Duration.ofSeconds(20));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        while (engine.status().accepting()) {
            Thread.onSpinWait();
        }
        assertThatThrownBy(() -> engine.submit(requests.request(10, 3)))
                .isInstanceOfSatisfying(
                        AdmissionException.class,
                        e -> assertThat(e.reason()).isEqualTo(AdmissionException.Reason.SHUT_DOWN));
        release.countDown();
        drain.join();
        assertThat(ToyBench.ids(generation)).hasSize(3);
        assertThat(engine.status().complaint()).isEqualTo("the engine is closed");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void closingTwiceDoesNothing() {
        Engine engine = new Engine(model, EngineOptions.defaults());
        engine.close();
        engine.close();
        assertThat(engine.status().healthy()).isFalse();
    }
}
