/** Experiments on single kernels; {@link dev.hadal.lab.Laboratory} runs them. */
package dev.hadal.lab;
