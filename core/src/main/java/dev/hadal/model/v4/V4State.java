package dev.hadal.model.v4;

import dev.hadal.model.SequenceState;
import dev.hadal.model.StateMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The state of one sequence: one part for each layer, and one for the draft block once it has been used. */
final class V4State implements SequenceState {
    private final V4Config config;
    private final StateMemory memory;
    private final List<LayerState> layers;
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable LayerState mtp;
    private int length;
    private long counted;
    private boolean broken;

    private V4State(
            V4Config config, StateMemory memory, List<LayerState> layers, @Nullable LayerState mtp, int length) {
        this.config = config;
        this.memory = memory;
        this.layers = layers;
        this.mtp = mtp;
        this.length = length;
        count();
    }

    /** The state of an empty sequence, counted in {@code memory}. */
    static V4State empty(V4Config config, StateMemory memory) {
        List<LayerState> layers = new ArrayList<>();
        for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
            layers.add(LayerState.empty(config, config.layerKind(layer)));
        }
        return new V4State(config, memory, layers, null, 0);
    }

    /** A state of {@code length} positions over given layers. */
    static V4State of(V4Config config, StateMemory memory, List<LayerState> layers, int length) {
        return new V4State(config, memory, List.copyOf(layers), null, length);
    }

    /** Brings the accounting up to date. */
    private void count() {
        long bytes = bytes();
        memory.add(bytes - counted);
        counted = bytes;
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
        count();
    }

    LayerState layer(int layer) {
        return layers.get(layer);
    }

    /** The draft block's window. */
    LayerState mtp() {
        if (mtp == null) {
            mtp = LayerState.empty(config, LayerKind.SWA);
        }
        return mtp;
    }

    /** Marks a state whose layers stand at different positions because a computation failed in the middle. */
    void fail() {
        broken = true;
        count();
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

    /** Memory of a state of {@code tokens} positions in bytes, without draft block: what {@link #bytes} will say. */
    static long bytes(V4Config config, long tokens) {
        long bytes = 0;
        for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
            bytes += LayerState.bytes(config, config.layerKind(layer), tokens);
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
        V4State fork = new V4State(config, memory, copies, mtp == null ? null : mtp.fork(), length);
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
            memory.remove(counted);
        }
    }
}
