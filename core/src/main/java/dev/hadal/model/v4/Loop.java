package dev.hadal.model.v4;

import dev.hadal.kernel.WorkerPool;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The loop that runs, over rows, tiles or blocks of a batch. A token passes through some thirty of them in each layer, so
 * there is one object for all: what a loop works on is put in here, and its body is a method that holds nothing.
 */
final class Loop implements WorkerPool.Task {
    /**
     * A body: a method of the part of the model that the loop belongs to.
     *
     * @param <P> that part
     * @param <A> what else it needs
     */
    @FunctionalInterface
    interface Body<P, A> {
        /** Does one item. */
        void run(P part, Pass pass, A argument, int item, int worker);
    }

    private @Nullable Body<Object, Object> body;
    private @Nullable Object part;
    private @Nullable Pass pass;
    private @Nullable Object argument;

    /** Runs a body for each of so many items, shared out over the threads of the pass. */
    @SuppressWarnings("unchecked")
    <P, A> void run(Pass pass, int count, P part, A argument, Body<P, A> body) {
        this.body = (Body<Object, Object>) body;
        this.part = part;
        this.pass = pass;
        this.argument = argument;
        try {
            pass.compute().pool().run(count, this);
        } finally {
            // A pass leads to the states of its sequences.
            this.pass = null;
            this.argument = null;
        }
    }

    @Override
    public void run(int item, int worker) {
        Objects.requireNonNull(body)
                .run(
                        Objects.requireNonNull(part),
                        Objects.requireNonNull(pass),
                        Objects.requireNonNull(argument),
                        item,
                        worker);
    }
}
