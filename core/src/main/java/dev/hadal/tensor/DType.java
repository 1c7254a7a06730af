package dev.hadal.tensor;

/** The storage formats of a V4 checkpoint (architecture.md 6.2, 6.3). */
public enum DType {
    /** IEEE 754 single precision. */
    F32(4),
    /** The upper half of an F32. */
    BF16(2),
    /** 1-4-3 "fn": bias 7, no infinities, maximum 448. */
    F8_E4M3(1),
    /** A power of two, {@code 2^(byte - 127)}; 255 is NaN. */
    F8_E8M0(1),
    /** A byte; in expert weights two packed e2m1 values, the even column in the low nibble. */
    I8(1),
    /** Signed 64 bits, little endian. */
    I64(8);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one stored element. */
    public int bytes() {
        return bytes;
    }
}
