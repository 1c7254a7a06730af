package dev.hadal.model.v4;

import dev.hadal.model.SequenceState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The state of one sequence: one part for each layer, and one for the draft block once it has been used. */
final class V4State implements SequenceState {
    private final StateFormats formats;
    private final PagePool pool;
    private final List<LayerState> layers;
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable LayerState mtp;
    private int length;
    private boolean broken;

    private V4State(
            StateFormats formats, PagePool pool, List<LayerState> layers, @Nullable LayerState mtp, int length) {
        this.formats = formats;
        this.pool = pool;
        this.layers = layers;
        this.mtp = mtp;
        this.length = length;
    }

    /** The state of an empty sequence, whose pages come from {@code pool}. */
    static V4State empty(V4Config config, StateFormats formats, PagePool pool) {
        List<LayerState> layers = new ArrayList<>();
        for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
            layers.add(LayerState.empty(formats, pool, config.layerKind(layer)));
        }
        return new V4State(formats, pool, layers, null, 0);
    }

    /** A state of {@code length} positions over given layers. */
    static V4State of(StateFormats formats, PagePool pool, List<LayerState> layers, int length) {
        return new V4State(formats, pool, List.copyOf(layers), null, length);
    }

    /** Refuses to go on once closed. */
    void checkOpen() {
        if (closed.get()) {
            throw new IllegalStateException("this sequence state is closed; fork it before closing to keep its past");
        }
    }

    @Override
    public int length() {
        return length;
    }

    /** Moves on by {@code rows} computed positions. */
    void advance(int rows) {
        length += rows;
    }

    LayerState layer(int layer) {
        return layers.get(layer);
    }

    /** The draft block's window. */
    LayerState mtp() {
        if (mtp == null) {
            mtp = LayerState.empty(formats, pool, LayerKind.SWA);
        }
        return mtp;
    }

    /** Marks a state whose layers stand at different positions because a computation failed in the middle. */
    void fail() {
        broken = true;
    }

    boolean failed() {
        return broken;
    }

    @Override
    public long bytes() {
        long bytes = mtp == null ? 0 : mtp.bytes();
        for (LayerState layer : layers) {
            bytes += layer.bytes();
        }
        return bytes;
    }

    @Override
    public long sharedBytes(SequenceState other) {
        V4State that = (V4State) other;
        long bytes = mtp == null || that.mtp == null ? 0 : mtp.sharedBytes(that.mtp);
        for (int layer = 0; layer < layers.size(); layer++) {
            bytes += layers.get(layer).sharedBytes(that.layers.get(layer));
        }
        return bytes;
    }

    /** Memory of a state of {@code tokens} positions in bytes, without draft block: what {@link #bytes} will say. */
    static long bytes(V4Config config, StateFormats formats, long tokens) {
        long bytes = 0;
        for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
            bytes += LayerState.bytes(formats, config.layerKind(layer), tokens);
        }
        return bytes;
    }

    @Override
    public SequenceState fork() {
        checkOpen();
        List<LayerState> copies = new ArrayList<>();
        for (LayerState layer : layers) {
            copies.add(layer.fork());
        }
        V4State fork = new V4State(formats, pool, copies, mtp == null ? null : mtp.fork(), length);
        fork.broken = broken;
        return fork;
    }

    @Override
    public long checksum() {
        checkOpen();
        Checksum sum = new Checksum().add(length);
        for (LayerState layer : layers) {
            layer.addTo(sum);
        }
        if (mtp != null) {
            mtp.addTo(sum);
        }
        return sum.value();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            layers.forEach(LayerState::drop);
            if (mtp != null) {
                mtp.drop();
            }
        }
    }
}
