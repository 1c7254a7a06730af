package dev.hadal.kernel;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Starts on the plain kernels and changes over to the vector ones once the compiler has translated them: before that
 * a vector kernel is hundreds of times slower than plain code. Both give the same bits, so the change shows in nothing
 * but speed. A JVM that never compiles them (no C2) stays on the plain ones and {@link #status} says so.
 */
public final class WarmingKernels implements Kernels, AutoCloseable {
    private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(20);

    /**
     * The compiler does one thing at a time, and for as long as it translates vector kernels the plain ones and all
     * the rest stay slow. A small model has answered by then.
     */
    private static final long HEAD_START_MILLIS = 1000;

    private static final String SCALAR = "scalar";

    private final Kernels vector;
    private final CompletableFuture<String> outcome = new CompletableFuture<>();
    private final CountDownLatch begin = new CountDownLatch(1);
    private volatile Kernels current = new ScalarKernels();
    private volatile boolean closed;

    /** Warms {@code vector} on a thread of its own, beginning in a second or when somebody asks for the outcome. */
    public WarmingKernels(Kernels vector) {
        this(vector, GIVE_UP_NANOS);
    }

    /** The same, with another time after which to give up. */
    WarmingKernels(Kernels vector, long patienceNanos) {
        this.vector = Objects.requireNonNull(vector);
        Thread.ofPlatform().daemon().name("hadal-kernel-warm-up").start(() -> warm(patienceNanos));
    }

    private void warm(long patienceNanos) {
        try {
            var _ = begin.await(HEAD_START_MILLIS, TimeUnit.MILLISECONDS);
            boolean fast = new KernelProbe(vector, () -> closed).untilFast(patienceNanos);
            if (fast) {
                current = vector;
            }
            outcome.complete(
                    fast
                            ? vector.name()
                            : SCALAR + ": the vector kernels stayed slower than plain code,"
                                    + " as they do on a JVM without its C2 compiler");
        } catch (RuntimeException | Error | InterruptedException e) {
            outcome.complete(SCALAR + ": the vector kernels failed with " + e);
        }
    }

    /** True when the change-over has been decided, one way or the other. */
    public boolean settled() {
        return outcome.isDone();
    }

    /** Waits for the decision and names the kernels in use, with the reason when they are the plain ones. */
    public String status(long timeout, TimeUnit unit) throws InterruptedException {
        begin.countDown();
        try {
            return outcome.get(timeout, unit);
        } catch (TimeoutException e) {
            return current.name() + ", while " + vector.name() + " warms up";
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Calls {@code warning} with one sentence if it turns out that the vector kernels cannot be used. */
    public void onFailure(java.util.function.Consumer<String> warning) {
        var _ = outcome.thenAccept(status -> {
            if (status.startsWith(SCALAR) && !closed) {
                warning.accept("kernels are " + status);
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        begin.countDown();
    }

    @Override
    public String name() {
        return current.name();
    }

    @Override
    public PackedKernels packed() {
        return current.packed();
    }

    @Override
    public StateKernels state() {
        return current.state();
    }

    @Override
    public AttentionKernels attention() {
        return current.attention();
    }

    @Override
    public void multiply(Rows x, Rows y, int firstRow, int rows, Panel panel) {
        current.multiply(x, y, firstRow, rows, panel);
    }

    @Override
    public @Nullable RaisedKernels raised() {
        return current.raised();
    }

    @Override
    public @Nullable PairKernels pairs() {
        return current.pairs();
    }

    @Override
    public @Nullable IntegerKernels integers() {
        return current.integers();
    }

    @Override
    public void toIntegers(float[] x, int offset, IntegerRows to, int row) {
        current.toIntegers(x, offset, to, row);
    }

    @Override
    public float sum(float[] x, int offset, int length) {
        return current.sum(x, offset, length);
    }

    @Override
    public float sumOfSquares(float[] x, int offset, int length) {
        return current.sumOfSquares(x, offset, length);
    }

    @Override
    public void exponentials(float[] x, int offset, int length, float shift) {
        current.exponentials(x, offset, length, shift);
    }

    @Override
    public void add(float[] y, int yOffset, float[] x, int xOffset, int length) {
        current.add(y, yOffset, x, xOffset, length);
    }

    @Override
    public void swiglu(float[] gate, int gateOffset, float[] up, int upOffset, int width, Clamp clamp) {
        current.swiglu(gate, gateOffset, up, upOffset, width, clamp);
    }

    @Override
    public void mixUp(Rows streams, Rows update, Rows mix, int row) {
        current.mixUp(streams, update, mix, row);
    }
}
