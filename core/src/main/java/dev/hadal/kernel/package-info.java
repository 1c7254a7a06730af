/**
 * Arithmetic without meaning. Read {@link dev.hadal.kernel.Kernels} first: it says what each operation computes, in
 * which order, so that every implementation gives the same bits. {@link dev.hadal.kernel.ScalarKernels} is the
 * readable definition, {@code VectorKernels} the fast twin; {@link dev.hadal.kernel.Linear} is a weight matrix that
 * hides its storage format.
 */
package dev.hadal.kernel;
