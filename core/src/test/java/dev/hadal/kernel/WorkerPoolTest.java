package dev.hadal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkerPoolTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
    void doesEveryItemExactlyOnce(int threads) {
        try (WorkerPool pool = new WorkerPool(threads)) {
            assertThat(pool.threads()).isEqualTo(threads);
            for (int count : new int[] {0, 1, 2, 3, 7, 100, 5000}) {
                for (int repeat = 0; repeat < 20; repeat++) {
                    AtomicIntegerArray done = new AtomicIntegerArray(count);
                    AtomicBoolean strangers = new AtomicBoolean();
                    pool.run(count, (item, worker) -> {
                        done.getAndIncrement(item);
                        if (worker < 0 || worker >= threads) {
                            strangers.set(true);
                        }
                    });
                    assertThat(strangers).isFalse();
                    for (int item = 0; item < count; item++) {
                        assertThat(done.get(item)).isEqualTo(1);
                    }
                }
            }
        }
    }

    @Test
    void oneWorkerNumberIsNeverUsedByTwoThreadsAtOnce() {
        try (WorkerPool pool = new WorkerPool(4)) {
            AtomicIntegerArray inside = new AtomicIntegerArray(4);
            AtomicBoolean shared = new AtomicBoolean();
            pool.run(20_000, (item, worker) -> {
                if (inside.incrementAndGet(worker) > 1) {
                    shared.set(true);
                }
                inside.getAndDecrement(worker);
            });
            assertThat(shared).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void throwsWhatAnItemThrowsAndGoesOnWorking(int threads) {
        try (WorkerPool pool = new WorkerPool(threads)) {
            for (int repeat = 0; repeat < 50; repeat++) {
                int bad = repeat;
                assertThatThrownBy(() -> pool.run(100, (item, worker) -> {
                            if (item == bad) {
                                throw new IllegalArgumentException("item " + item);
                            }
                        }))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("item " + bad);
                AtomicInteger sum = new AtomicInteger();
                pool.run(100, (item, worker) -> sum.getAndAdd(item));
                assertThat(sum).hasValue(4950);
            }
        }
    }

    @Test
    void throwsErrorsToo() {
        try (WorkerPool pool = new WorkerPool(2)) {
            assertThatThrownBy(() -> pool.run(10, (item, worker) -> {
                        throw new AssertionError("item");
                    }))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("item");
        }
    }

    @Test
    void wakesWorkersThatFellAsleep() {
        try (WorkerPool pool = new WorkerPool(2)) {
            awaitSleepingWorker();
            CountDownLatch together = new CountDownLatch(2);
            pool.run(2, (item, worker) -> {
                together.countDown();
                try {
                    assertThat(together.await(30, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
    }

    private static void awaitSleepingWorker() {
        while (Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread ->
                        thread.getName().equals("hadal-worker-1") && thread.getState() == Thread.State.WAITING)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void refusesToRunWhenClosed() {
        WorkerPool pool = new WorkerPool(3);
        pool.close();
        assertThatThrownBy(() -> pool.run(5, (item, worker) -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the worker threads have ended: this model is closed");
    }

    @Test
    void refusesVirtualThreads() throws InterruptedException {
        try (WorkerPool pool = new WorkerPool(2)) {
            AtomicReference<@Nullable Throwable> refusal = new AtomicReference<>();
            Thread.ofVirtual()
                    .start(() -> refusal.set(catchThrowable(() -> pool.run(5, (item, worker) -> {}))))
                    .join();
            assertThat(refusal.get())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("arithmetic on a virtual thread would hold up all the others");
        }
    }

    @Test
    void needsAThread() {
        assertThatThrownBy(() -> new WorkerPool(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("threads is 0, must be at least 1");
    }
}
