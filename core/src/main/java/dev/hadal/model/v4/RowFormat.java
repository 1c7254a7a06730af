package dev.hadal.model.v4;

import dev.hadal.kernel.EntryLayout;
import dev.hadal.kernel.KeyLayout;
import dev.hadal.kernel.Panel;
import dev.hadal.kernel.StateKernels;

/** How vectors stand in a page. Reading gives what was written, rounded as the format does. */
sealed interface RowFormat {
    /** Bytes of a page of {@code rows} vectors. */
    int bytes(int rows);

    /** Stores a vector as a row of a page. */
    void write(StateKernels kernels, float[] values, int offset, Page page, int row);

    /** Formats of window and compressed entries: one after the other. */
    sealed interface Entry extends RowFormat {
        /** Reads a row of a page. */
        void read(StateKernels kernels, Page page, int row, float[] values, int offset);
    }

    /** Formats of index keys: {@link Panel#LANES} side by side, which is a page. */
    sealed interface Key extends RowFormat {
        /** Reads all of a page, {@code [width, lanes]}. */
        void read(StateKernels kernels, Page page, float[] panel);
    }

    /** Entries as floats. */
    record FloatEntry(int width) implements Entry {
        @Override
        public int bytes(int rows) {
            return Math.multiplyExact(rows, width * Float.BYTES);
        }

        @Override
        public void write(StateKernels kernels, float[] values, int offset, Page page, int row) {
            page.floats.put(row * width, values, offset, width);
        }

        @Override
        public void read(StateKernels kernels, Page page, int row, float[] values, int offset) {
            page.floats.get(row * width, values, offset, width);
        }
    }

    /** Entries in FP8, their rotary part in bf16. */
    record Fp8Entry(EntryLayout layout) implements Entry {
        @Override
        public int bytes(int rows) {
            return Math.multiplyExact(rows, layout.bytes());
        }

        @Override
        public void write(StateKernels kernels, float[] values, int offset, Page page, int row) {
            kernels.storeEntry(values, offset, layout, page.data, row * layout.bytes());
        }

        @Override
        public void read(StateKernels kernels, Page page, int row, float[] values, int offset) {
            kernels.loadEntry(page.data, row * layout.bytes(), layout, values, offset);
        }
    }

    /** Keys as floats. */
    record FloatKey(int width) implements Key {
        @Override
        public int bytes(int rows) {
            return Math.multiplyExact(rows, width * Float.BYTES);
        }

        @Override
        public void write(StateKernels kernels, float[] values, int offset, Page page, int row) {
            for (int k = 0; k < width; k++) {
                page.floats.put(k * Panel.LANES + row, values[offset + k]);
            }
        }

        @Override
        public void read(StateKernels kernels, Page page, float[] panel) {
            page.floats.get(0, panel, 0, width * Panel.LANES);
        }
    }

    /** Keys in FP4. */
    record Fp4Key(KeyLayout layout) implements Key {
        @Override
        public int bytes(int rows) {
            return layout.bytes() / Panel.LANES * rows;
        }

        @Override
        public void write(StateKernels kernels, float[] values, int offset, Page page, int row) {
            layout.store(values, offset, page.data, row);
        }

        @Override
        public void read(StateKernels kernels, Page page, float[] panel) {
            kernels.loadKeys(page.data, layout, panel);
        }
    }
}
