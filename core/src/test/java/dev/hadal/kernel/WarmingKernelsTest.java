package dev.hadal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class WarmingKernelsTest {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

    @Test
    void beginsWithThePlainKernelsAndChangesOver() throws InterruptedException {
        CountDownLatch compiled = new CountDownLatch(1);
        Kernels vector = new ObservedKernels(new ScalarKernels(), () -> await(compiled));
        try (WarmingKernels kernels = new WarmingKernels(vector, PATIENCE)) {
            assertThat(kernels.settled()).isFalse();
            assertThat(kernels.name()).isEqualTo("scalar");
            assertThat(kernels.status(1, TimeUnit.MILLISECONDS)).isEqualTo("scalar, while observed warms up");
            compiled.countDown();
            assertThat(kernels.status(60, TimeUnit.SECONDS)).isEqualTo("observed");
            assertThat(kernels.name()).isEqualTo("observed");
            assertThat(kernels.settled()).isTrue();
        }
    }

    @Test
    void theChangeOverShowsInNoBit() throws InterruptedException {
        Kernels vector = KernelSelector.vector(KernelSelector.preferredBits());
        List<float[]> before = everyOperation(KernelSelector.scalar());
        try (WarmingKernels kernels = new WarmingKernels(vector, PATIENCE)) {
            do {
                assertThat(everyOperation(kernels)).usingRecursiveComparison().isEqualTo(before);
            } while (!kernels.settled());
            assertThat(kernels.status(0, TimeUnit.SECONDS)).isEqualTo(vector.name());
            assertThat(everyOperation(kernels)).usingRecursiveComparison().isEqualTo(before);
        }
    }

    @Test
    void staysWithThePlainKernelsWhenTheOthersFail() throws InterruptedException {
        Kernels vector = new ObservedKernels(new ScalarKernels(), () -> {
            throw new IllegalStateException("no such instruction");
        });
        assertThat(warningsOf(vector, PATIENCE))
                .containsExactly("kernels are scalar: the vector kernels failed with"
                        + " java.lang.IllegalStateException: no such instruction");
    }

    @Test
    void staysWithThePlainKernelsWhenTheOthersStaySlow() throws InterruptedException {
        Kernels vector = new ObservedKernels(new ScalarKernels(), () -> LockSupport.parkNanos(5_000_000));
        assertThat(warningsOf(vector, TimeUnit.MILLISECONDS.toNanos(50)))
                .containsExactly("kernels are scalar: the vector kernels stayed slower than plain code,"
                        + " as they do on a JVM without its C2 compiler");
    }

    @Test
    void closingWhileItWarmsUpWarnsOfNothing() throws InterruptedException {
        List<String> warnings = new CopyOnWriteArrayList<>();
        Kernels vector = new ObservedKernels(new ScalarKernels(), () -> LockSupport.parkNanos(5_000_000));
        WarmingKernels kernels = new WarmingKernels(vector, PATIENCE);
        kernels.onFailure(warnings::add);
        kernels.close();
        assertThat(kernels.status(60, TimeUnit.SECONDS)).startsWith("scalar");
        assertThat(warnings).isEmpty();
    }

    /** Warms up in vain and returns what was warned of. */
    private static List<String> warningsOf(Kernels vector, long patience) throws InterruptedException {
        List<String> warnings = new CopyOnWriteArrayList<>();
        try (WarmingKernels kernels = new WarmingKernels(vector, patience)) {
            CountDownLatch warned = new CountDownLatch(1);
            kernels.onFailure(warning -> {
                warnings.add(warning);
                warned.countDown();
            });
            assertThat(warned.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(kernels.name()).isEqualTo("scalar");
            everyOperation(kernels);
        }
        return warnings;
    }

    private static List<float[]> everyOperation(Kernels kernels) {
        Random random = new Random(5);
        Rows x = new Rows(Numbers.ordinary(random, 7 * 50), 50);
        Rows y = new Rows(Numbers.ordinary(random, 7 * 50), 50);
        Panel panel = new Panel(50, 1).between(0, 0, 32).scaledBy(0.3f);
        panel.over(Numbers.ordinary(random, 50 * Panel.LANES), 0, Panel.LANES, 50);
        float[] sums = {kernels.sum(x.data(), 3, 77), kernels.sumOfSquares(x.data(), 3, 77)};
        kernels.multiply(x, y, 0, 7, panel);
        kernels.swiglu(x.data(), 100, y.data(), 100, 45, new Kernels.Clamp(2f, 0.4f));
        kernels.add(x.data(), 5, y.data(), 7, 45);
        kernels.state().hadamard(x.data(), 5, 64);
        HeadGroup heads = new HeadGroup(50);
        heads.start(x, 1, 0, 1, new float[1], 0.1f);
        heads.attend(kernels, x, 0, 7);
        heads.divide(0, y.data(), 1);
        kernels.exponentials(x.data(), 11, 77, 0.5f);
        return List.of(sums, x.data(), y.data());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
